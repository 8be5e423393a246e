/**
 * Shows the pages of the Electron double in a real Chromium: files come through the app's own scheme handler, with the
 * headers it sets; the real preload runs before the page, and what it invokes goes through the app's own IPC handlers,
 * with the frame that sent it. Only the scheme is spelt differently, because a browser knows no scheme of ours.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { ORIGIN } from "../../desktop/electron/page-scheme.ts";
import type { DoubleWindow, PageHost, ShownPage } from "../../desktop/electron/testing/double-window.ts";
import type { ElectronDouble } from "../../desktop/electron/testing/electron-double.ts";

const SHOWN_ORIGIN = "https://ora-windows.test";

export interface ChromiumHost extends PageHost {
  /** The page in this window, once it is there. */
  page(window: DoubleWindow): Page;
  /** Requests that went anywhere but to the pages. There must be none. */
  readonly strangers: string[];
  /** What pages wrote to their console as errors, and what they threw. */
  readonly complaints: string[];
}

/** What a sandboxed preload gets from `require("electron")`, in the page's own world. */
function preloadFrame(preload: string): string {
  return `(() => {
    const listeners = new Map();
    window.__deliver = (channel, args) => {
      for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
    };
    const ipcRenderer = {
      async invoke(channel, ...args) {
        const answer = await window.__invoke(channel, args.map((value) => value === undefined ? { none: true } : { value }));
        if (answer.error !== undefined) throw new Error(answer.error);
        return answer.value;
      },
      on(channel, listener) {
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      },
      removeListener(channel, listener) {
        listeners.set(channel, (listeners.get(channel) ?? []).filter((other) => other !== listener));
      },
    };
    const contextBridge = {
      exposeInMainWorld(name, value) {
        Object.defineProperty(window, name, { value: Object.freeze(value) });
      },
    };
    const require = (name) => {
      if (name === "electron") return { ipcRenderer, contextBridge };
      throw new Error("a sandboxed preload has no " + name);
    };
    const module = { exports: {} };
    ((require, module, exports) => {${preload}
    })(require, module, module.exports);
  })();`;
}

export function chromiumHost(options: {
  readonly browser: Browser;
  readonly built: string;
  readonly electron: () => ElectronDouble;
}): ChromiumHost {
  const { browser, built, electron } = options;
  const pages = new Map<number, Page>();
  const strangers: string[] = [];
  const complaints: string[] = [];

  async function open(window: DoubleWindow, url: string): Promise<ShownPage> {
    const { width = 800, height = 600 } = window.options;
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await context.route("**/*", async (route) => {
      const asked = route.request().url();
      const own = asked.replace(SHOWN_ORIGIN, ORIGIN);
      if (new URL(asked).pathname === "/favicon.ico") return route.abort();
      if (!asked.startsWith(`${SHOWN_ORIGIN}/`) || !electron().passes(own)) {
        strangers.push(asked);
        return route.abort();
      }
      const answer = await electron().serve(own);
      await route.fulfill({
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Buffer.from(await answer.arrayBuffer()),
      });
    });
    await page.exposeBinding(
      "__invoke",
      async ({ frame }, channel: string, args: readonly { value?: unknown }[]) => {
        const sender = {
          url: frame.url().replace(SHOWN_ORIGIN, ORIGIN),
          isMain: frame.parentFrame() === null,
        };
        try {
          const values = args.map(({ value }) => value);
          return { value: await electron().invoke(window, sender, channel, values) };
        } catch (error) {
          return { error: error instanceof Error ? error.message : "failed" };
        }
      },
    );
    await page.addInitScript({ content: preloadFrame(await readFile(join(built, "preload.cjs"), "utf8")) });
    pages.set(window.id, page);
    await page.goto(url.replace(ORIGIN, SHOWN_ORIGIN));
    let isOpen = true;
    return {
      deliver(channel, args) {
        if (!isOpen) return;
        const call = page.evaluate(
          ([to, values]) => (window as unknown as Deliverable).__deliver(to, values),
          [channel, args] as const,
        );
        // A page that is being closed hears nothing more.
        call.catch(() => undefined);
      },
      close() {
        isOpen = false;
        pages.delete(window.id);
        context.close().catch(() => undefined);
      },
    };
  }

  return {
    open,
    strangers,
    complaints,
    page(window) {
      const page = pages.get(window.id);
      if (page === undefined) throw new Error("this window shows no page");
      return page;
    },
  };
}

interface Deliverable {
  __deliver(channel: string, args: readonly unknown[]): void;
}
