/**
 * The whole way of a web app: a local app, a node, a relay with its real pages, and a browser's tab that was sent to the
 * app's origin as the relay's own page sends it. One for a file of tests; each test gets a browser context of its own.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type CoreNode, startCoreNode } from "../support/core-node.ts";
import { type PairedDevice, pairDevice, sessionIs } from "../support/device.ts";
import type { AtTheEnd } from "../support/endings.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { builtWebFiles } from "../support/web-files.ts";

export interface AppWorld {
  readonly relay: RunningRelay;
  readonly node: CoreNode;
  readonly app: Routes;
  /** The phone's home page: the device that lets the app's origin in. */
  readonly phone: PairedDevice;
  /** Where the app is in the browser. */
  readonly origin: string;
  /** A boot page's address that lets a browser in, and leads to `path`. It works once. */
  bootAddress(path?: string): Promise<string>;
}

export interface AppTab {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What went wrong in the tab that no test expects. */
  readonly complaints: string[];
}

export async function startAppWorld(
  atTheEnd: AtTheEnd,
  options: {
    readonly env?: Record<string, string>;
    readonly relay?: RunningRelay;
    /** Where the relay serves apps, if not in an origin for each PC. */
    readonly origin?: string;
    readonly name?: string;
  } = {},
): Promise<AppWorld> {
  const relay = options.relay ?? (await startTestRelay({ ...options.env }, undefined, await builtWebFiles()));
  if (options.relay === undefined) atTheEnd(() => relay.close());
  const app = await startRoutes(atTheEnd);
  app.on("/blank", (_, response) => response.end());
  const node = await startCoreNode({
    relay: relay.origin,
    api: app.origin,
    machineName: options.name ?? "desk",
  });
  atTheEnd(() => node.node.stop());
  const phone = await pairDevice({ text: await node.link(), relay: relay.origin, name: "phone" });
  const session = phone.connect();
  atTheEnd(() => session.close());
  await sessionIs(session, "connected");
  const origin = options.origin ?? `http://${phone.record.nodeId}.localhost:${relay.port}`;
  return {
    relay,
    node,
    app,
    phone,
    origin,
    async bootAddress(path = "/") {
      session.wake();
      await sessionIs(session, "connected");
      const link = await session.grant({ app: true });
      return `${origin}/~ora/boot${link.slice(link.indexOf("#"))}${path}`;
    },
  };
}

/** A tab in a context of its own, at the app's page. */
export async function openApp(
  browser: Browser,
  world: AppWorld,
  atTheEnd: AtTheEnd,
  path = "/",
): Promise<AppTab> {
  const context = await browser.newContext();
  atTheEnd(() => context.close());
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(await world.bootAddress(path));
  await page.waitForURL(`${world.origin}${path}`);
  return { context, page, complaints };
}

/** Errors of scripts and broken policies. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|integrity/i.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}
