/** The built pages, handed to a browser under one made-up origin; every other request is cut off and remembered. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BrowserContext } from "playwright-core";

/** Tests and scripts run there; a bundle does not know its own place. */
const checkout = process.cwd();

export const ORIGIN = "http://windows.test";

const KINDS: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

/** Builds the pages from the sources as they are. */
export async function buildPages(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(checkout, "esbuild.config.mjs"), "build", "pages"]);
}

/** `strangers` gets the URL of each request to somewhere else: there must be none. */
export async function servePages(context: BrowserContext, strangers: (url: string) => void): Promise<void> {
  await context.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    const file = /^\/([a-z]+)\.(html|js|css)$/.exec(url.pathname);
    const kind = KINDS[file?.[2] ?? ""];
    if (url.origin !== ORIGIN || kind === undefined) {
      if (url.pathname !== "/favicon.ico") strangers(url.href);
      await route.abort();
      return;
    }
    const body = await readFile(join(checkout, "dist", "windows", url.pathname));
    await route.fulfill({ body, contentType: kind });
  });
}
