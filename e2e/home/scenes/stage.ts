/** Shows one scene in a browser, under the policy that the relay sends with the page. */
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import type { HomeScene } from "./scenes.ts";

/** Tests and scripts run there; a bundle does not know its own place. */
const checkout = process.cwd();
const ORIGIN = "https://relay.example";
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

export interface Look {
  readonly dark?: boolean;
  readonly forcedColors?: boolean;
  readonly width?: number;
  readonly height?: number;
  /** As with the browser's zoom: so much less room. */
  readonly zoom?: number;
}

export interface StagedScene {
  readonly page: Page;
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export type ScenesPage = ReadonlyMap<string, Uint8Array>;

/** The page with its texts and style, by path. */
export async function buildScenesPage(): Promise<ScenesPage> {
  const { outputFiles } = await build({
    absWorkingDir: checkout,
    entryPoints: { scenes: "e2e/home/scenes/scenes-page.tsx" },
    outdir: "/",
    write: false,
    bundle: true,
    platform: "browser",
    format: "esm",
    splitting: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    charset: "utf8",
    define: { REQUESTS_STYLE: '"/requests.css"' },
    logLevel: "error",
  });
  return new Map(outputFiles.map(({ path, contents }) => [path, contents]));
}

const DOCUMENT =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>ORA</title><link rel="stylesheet" href="/scenes.css"><script type="module" src="/scenes.js"></script></head><body><div id="page"></div></body></html>';

export async function stageScene(
  browser: Browser,
  files: ScenesPage,
  scene: HomeScene,
  look: Look = {},
): Promise<StagedScene> {
  const { dark = false, forcedColors = false, width = 390, height = 844, zoom = 1 } = look;
  const context = await browser.newContext({
    viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
    deviceScaleFactor: 2 * zoom,
    colorScheme: dark ? "dark" : "light",
    forcedColors: forcedColors ? "active" : "none",
    reducedMotion: "reduce",
    locale: scene.view.language === "ja" ? "ja-JP" : "en-GB",
  });
  const faults: string[] = [];
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await context.route("**/*", async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = files.get(pathname);
    if (pathname === "/") {
      await route.fulfill({
        body: DOCUMENT,
        contentType: "text/html; charset=utf-8",
        headers: { "content-security-policy": POLICY },
      });
    } else if (file === undefined) await route.fulfill({ status: 204 });
    else {
      await route.fulfill({
        body: Buffer.from(file),
        contentType: pathname.endsWith(".css") ? "text/css" : "text/javascript; charset=utf-8",
      });
    }
  });
  await page.goto(`${ORIGIN}/`);
  await page.waitForFunction(() => "show" in globalThis);
  await page.evaluate(
    (view) => (globalThis as unknown as { show: (view: unknown) => Promise<void> }).show(view),
    scene.view as unknown,
  );
  await scene.act?.(page);
  // What asks for a yes takes none in the first moment, and looks like that.
  await page.waitForFunction(() => document.querySelector(".button-unsettled") === null);
  return { page, faults, close: () => context.close() };
}
