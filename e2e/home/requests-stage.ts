/**
 * The API client at a phone's size, paired with a real node through a real relay, under the home page's own policy. What
 * goes wrong in the page (errors, broken policies, requests elsewhere) is collected.
 */
import { createServer } from "node:http";
import { build } from "esbuild";
import Koa from "koa";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { homeRoute } from "../../relay/routes/home.ts";
import { type WebFile, webFile } from "../../relay/web-files.ts";
import { type CoreNode, startCoreNode } from "../support/core-node.ts";
import type { AtTheEnd } from "../support/endings.ts";
import { type Line, startLine } from "../support/line.ts";
import { startTestRelay } from "../support/relay.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import type { RequestsActs } from "./requests-entry.ts";

declare const requestsActs: RequestsActs;

/** Tests and scripts run there; a bundle does not know its own place. */
const checkout = process.cwd();

const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
  locale: "en-GB",
  timezoneId: "Europe/Berlin",
};

export interface RequestsStage {
  /** Between the phones and the relay. */
  readonly line: Line;
  readonly api: Routes;
  readonly node: CoreNode;
  /** A phone that is paired and has the client open. */
  open(browser: Browser, options?: OpenOptions): Promise<OpenedPage>;
}

export interface OpenOptions extends BrowserContextOptions {
  readonly language?: "en" | "ja";
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly faults: readonly string[];
  /** Fills in method and path, and sends. */
  send(path: string, method?: string): Promise<void>;
  /** Resolves when the answer shown is in this phase. */
  phase(phase: string): Promise<void>;
  reopen(language?: "en" | "ja"): Promise<void>;
  close(): Promise<void>;
}

export async function startRequestsStage(atTheEnd: AtTheEnd): Promise<RequestsStage> {
  const relay = await startTestRelay();
  atTheEnd(() => relay.close());
  const api = await startRoutes(atTheEnd);
  const node = await startCoreNode({ relay: relay.origin, api: api.origin });
  atTheEnd(() => node.node.stop());
  const line = await startLine(relay.port);
  atTheEnd(() => line.close());
  const origin = await startPages(line.origin, atTheEnd);
  let usedLink: string | undefined;
  return {
    line,
    api,
    node,
    async open(browser, { language = "en", ...options } = {}) {
      const context = await browser.newContext({ ...PHONE, ...options });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        // That a socket could not be opened is what some tests are about.
        if (message.type() === "error" && !/WebSocket connection to/.test(message.text()))
          faults.push(message.text());
      });
      page.on("request", (request) => {
        if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(origin))
          faults.push(`asked ${request.url()}`);
      });
      await page.goto(origin);
      usedLink = await node.link(usedLink);
      await page.evaluate(([link = "", at = ""]) => requestsActs.pair(link, at), [usedLink, line.origin]);
      const reopen = (shown = language) => page.evaluate((name) => requestsActs.open(name), shown);
      await reopen();
      return {
        page,
        context,
        faults,
        reopen,
        async send(path, method = "GET") {
          const cancel = page.getByRole("button", { name: /^(Cancel|中止)$/ });
          if (await cancel.isVisible()) await cancel.click();
          await page.locator(".api-method").selectOption(method);
          await page.locator(".api-path input").fill(path);
          await page.locator("button[type=submit].api-wide").click();
        },
        phase: (phase) => page.locator(`.api-answer[data-phase="${phase}"]`).waitFor(),
        close: () => context.close(),
      };
    },
  };
}

/** A server of its own: the page is no part of the relay. */
async function startPages(relayOrigin: string, atTheEnd: AtTheEnd): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: checkout,
    entryPoints: { page: "e2e/home/requests-entry.ts", look: "e2e/home/requests-entry.css" },
    outdir: "nowhere",
    write: false,
    bundle: true,
    platform: "browser",
    format: "iife",
    target: ["chrome111", "firefox115", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    logLevel: "error",
  });
  const built = (ending: string) =>
    Buffer.from(outputFiles.find(({ path }) => path.endsWith(ending))?.contents ?? []);
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,"><link rel="stylesheet" href="look.css"><script defer src="page.js"></script></head>
    <body><div id="page"></div></body></html>`;
  const files = new Map<string, WebFile>();
  for (const [name, content] of [
    ["index.html", Buffer.from(page)],
    ["look.css", built(".css")],
    ["page.js", built(".js")],
  ] as const) {
    files.set(name, webFile(name, content));
  }
  const app = new Koa();
  app.use(homeRoute(files, relayOrigin));
  const server = createServer(app.callback()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  atTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
}
