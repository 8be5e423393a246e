/**
 * A phone and a PC with an app on it: a relay and a node as the programs that they are, and a browser at a phone's size
 * that comes in by the link and opens the app by the button, as its owner does.
 */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startRelay } from "../bench/stage.ts";
import { type Program, startProgram } from "../support/program.ts";
import { offersOf } from "../support/stage.ts";

/** The folder of the built programs: this file is bundled into it. */
const dist = dirname(fileURLToPath(import.meta.url));
/** Apps are slow to start on a busy machine; nothing here measures. */
const PATIENCE_MS = 20_000;

export interface OpenedApp {
  /** The tab that "Open app" opened. */
  readonly page: Page;
  readonly context: BrowserContext;
  /** Where the app is in the browser. */
  readonly origin: string;
  /** What the tab said in its console, and requests that failed: a line each. */
  readonly heard: string[];
  /** Throws the phone out, on the PC. */
  revoke(): Promise<void>;
  close(): Promise<void>;
}

export async function openOnPhone(
  browser: Browser,
  { api, work, pictures, name }: { api: string; work: string; pictures: string; name: string },
): Promise<OpenedApp> {
  const relay = await startRelay();
  const stateDir = join(work, "node");
  await mkdir(stateDir, { recursive: true });
  const env = {
    ORA_RELAY_URL: relay.origin,
    ORA_NODE_API_BASE_URL: api,
    ORA_NODE_NAME: "Study PC",
    ORA_NODE_SECRETS: "file",
    ORA_NODE_STATE_DIR: stateDir,
  };
  const node = (...args: string[]) =>
    startProgram(process.execPath, [join(dist, "node.mjs"), ...args], { env });
  const running = node();
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    locale: "en-GB",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const heard: string[] = [];
  const close = async () => {
    await context.close();
    await running.stop();
    // Its first lines are codes and a QR; what may be wrong is said after somebody came in.
    const paired = running.lines.findIndex((line) => line.includes("paired"));
    heard.push(...running.lines.slice(paired + 1).map((line) => `node ${line}`));
    await relay.program.stop();
  };
  try {
    context.on("page", (page) => listen(page, heard));
    const home = await context.newPage();
    await home.goto(await offersOf(running).freshLink());
    await home.getByRole("button", { name: "Add this PC" }).tap();
    await home.getByRole("button", { name: "Done" }).tap();
    await home.getByRole("button", { name: "Open app" }).waitFor();
    await home.screenshot({ path: join(pictures, `${name}-00-home.png`) });
    const [page] = await Promise.all([
      context.waitForEvent("page"),
      home.getByRole("button", { name: "Open app" }).tap(),
    ]);
    await page.waitForURL((url) => /^[a-z2-7]{52}\./.test(url.host) && !url.pathname.startsWith("/~ora/"));
    return { page, context, origin: new URL(page.url()).origin, heard, revoke: () => revokeAll(node), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function listen(page: Page, heard: string[]): void {
  page.on("console", (message) =>
    heard.push(`${message.type()} ${message.text()} (${message.location().url})`),
  );
  page.on("pageerror", (error) => heard.push(`uncaught ${error.message}`));
  page.on("requestfailed", (request) => {
    heard.push(`failed ${request.method()} ${request.url()} ${request.failure()?.errorText ?? ""}`);
  });
}

async function revokeAll(node: (...args: string[]) => Program): Promise<void> {
  const program = node("revoke", "--all");
  const code = await program.exited;
  if (code !== 0) throw new Error(`ora-node revoke ended with ${code}: ${program.lines.join("\n")}`);
}
