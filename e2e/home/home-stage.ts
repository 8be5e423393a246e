/** The home page in a real browser at a phone's size, served by a real relay, with real nodes behind it. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { beforeAll } from "vitest";
import type { WebFiles } from "../../relay/web-files.ts";
import { type CoreNode, startCoreNode } from "../support/core-node.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { type AtTheEnd, endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { builtWebFiles } from "../support/web-files.ts";

/** A current phone's screen, in CSS pixels. */
const PHONE = { width: 390, height: 844 } as const;

/** What the page did that it must not, and whom it asked. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Violations of the policy, errors that nobody caught. There must be none. */
  readonly faults: string[];
  /** Every request but the page's own files. */
  readonly requests: string[];
}

export interface HomeWorld {
  readonly relay: () => RunningRelay;
  readonly web: () => WebFiles;
  readonly api: () => Routes;
  readonly browser: () => Browser;
  readonly afterTest: AtTheEnd;
  /** A fresh profile; the page is not open yet. */
  profile(options?: BrowserContextOptions): Promise<Watched>;
  node(name?: string, env?: Record<string, string>): Promise<CoreNode>;
}

/** Tests of the page: one browser, one relay with freshly built pages, and one API for a file of them. */
export function describeHome(
  name: string,
  tests: (world: HomeWorld) => void,
  args: readonly string[] = [],
): void {
  const atTheEnd = endingsOfAllTests();
  const afterTest = endingsOfEachTest();
  describeWithChromium(name, args, (browser) => {
    let web: WebFiles;
    let relay: RunningRelay;
    let api: Routes;
    beforeAll(async () => {
      web = await builtWebFiles();
      relay = await startTestRelay({}, undefined, web);
      atTheEnd(() => relay.close());
      api = await startRoutes(atTheEnd);
    });
    tests({
      relay: () => relay,
      web: () => web,
      api: () => api,
      browser,
      afterTest,
      async profile(options = {}) {
        const context = await browser().newContext({
          viewport: PHONE,
          deviceScaleFactor: 2,
          hasTouch: true,
          isMobile: true,
          locale: "en-GB",
          ...options,
        });
        afterTest(() => context.close());
        return watch(context);
      },
      async node(machineName = "Studio PC", env = {}) {
        const node = await startCoreNode({ relay: relay.origin, api: api.origin, machineName, env });
        afterTest(() => node.node.stop());
        return node;
      },
    });
  });
}

/** A further tab of a profile. */
export async function watch(context: BrowserContext): Promise<Watched> {
  const page = await context.newPage();
  const faults: string[] = [];
  const requests: string[] = [];
  await page.exposeFunction("reportViolation", (text: string) => faults.push(text));
  await page.addInitScript(() => {
    const outside = globalThis as unknown as { reportViolation: (text: string) => void };
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
      outside.reportViolation(`${violatedDirective} ${blockedURI} ${sample}`),
    );
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (/content security policy|trusted ?type/i.test(message.text())) faults.push(message.text());
  });
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!/^\/(assets\/.*|icons\/.*|favicon\.ico|home\.webmanifest|worker\.js)?$/.test(pathname)) {
      requests.push(request.url());
    }
  });
  page.on("websocket", (socket) => requests.push(socket.url()));
  return { page, context, faults, requests };
}

/** Pairs by opened link, and goes back to the list. */
export async function pairByLink(page: Page, link: string): Promise<string> {
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByRole("button", { name: "Add this PC" }).click();
  const number = await page.locator(".check-number").last().textContent();
  await page.getByRole("button", { name: "Done" }).click();
  return /\d{4}/.exec(number ?? "")?.[0] ?? "";
}
