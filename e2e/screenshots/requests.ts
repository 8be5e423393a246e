/** Pictures of the API client, led into each of its scenes as a person would, over a real relay and node. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { REQUESTS_SCENES, serveScenes } from "../home/requests-scenes.ts";
import { startRequestsStage } from "../home/requests-stage.ts";
import type { AtTheEnd } from "../support/endings.ts";

const PHONE = { width: 390, height: 844 };

interface Look {
  readonly size?: { readonly width: number; readonly height: number };
  readonly dark?: boolean;
  readonly forcedColors?: boolean;
}

const LOOKS: readonly (readonly [suffix: string, look: Look])[] = [
  ["light", {}],
  ["dark", { dark: true }],
  ["light-320px", { size: { width: 320, height: 640 } }],
  ["light-200", { size: { width: 195, height: 422 } }],
  ["light-desktop", { size: { width: 1280, height: 800 } }],
  ["dark-desktop", { size: { width: 1280, height: 800 }, dark: true }],
  ["forced-colors", { forcedColors: true }],
];

/** All of them into `folder`; `only` keeps those whose file name contains it. */
export async function requestsPictures(browser: Browser, folder: string, only = ""): Promise<number> {
  const endings: (() => unknown)[] = [];
  const atTheEnd: AtTheEnd = (end) => {
    endings.push(end);
  };
  let count = 0;
  try {
    await mkdir(folder, { recursive: true });
    const stage = await startRequestsStage(atTheEnd);
    serveScenes(stage.api);
    for (const language of ["en", "ja"] as const) {
      for (const { name, act } of REQUESTS_SCENES) {
        const looks = LOOKS.map(([suffix, look]) => ({
          look,
          file: `requests-${name.replaceAll(/\W+/g, "-")}-${language}-${suffix}.png`,
        })).filter(({ file }) => file.includes(only));
        if (looks.length === 0) continue;
        const opened = await stage.open(browser, { language, viewport: PHONE });
        await act(opened);
        for (const { look, file } of looks) await picture(opened.page, look, join(folder, file));
        await opened.close();
        count += looks.length;
      }
    }
  } finally {
    for (const end of endings.reverse()) await end();
  }
  return count;
}

async function picture(page: Page, look: Look, path: string): Promise<void> {
  await page.setViewportSize(look.size ?? PHONE);
  await page.emulateMedia({
    colorScheme: look.dark ? "dark" : "light",
    forcedColors: look.forcedColors ? "active" : "none",
    reducedMotion: "reduce",
  });
  await page.screenshot({ path, fullPage: true });
}
