/** Pictures of every window in every state: light and dark, English and Japanese, at 100 and 200 %, and narrow. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { Language } from "../../desktop/windows/contract/status-view.ts";
import { buildPages } from "../windows/pages-server.ts";
import { type AnyScene, type Scene, scenes } from "../windows/scenes.ts";
import { type Look, stage } from "../windows/stage.ts";

const LANGUAGES = ["en", "ja"] as const;
const LOOKS: readonly (readonly [suffix: string, look: Look])[] = [
  ["light", {}],
  ["dark", { dark: true }],
  ["light-200", { zoom: 2 }],
  ["dark-200", { dark: true, zoom: 2 }],
  ["forced-colors", { forcedColors: true }],
  ["light-320px", { width: 320, height: 640 }],
];

/** Those the README shows. */
const CHOSEN = [
  ["pairing-code", "light", "tray-pairing-light.png"],
  ["settings-devices", "dark", "tray-devices-dark.png"],
] as const;

/** All of them into `folder`; `only` keeps those whose file name contains it. */
export async function windowPictures(browser: Browser, folder: string, only = ""): Promise<number> {
  await buildPages();
  await mkdir(folder, { recursive: true });
  let count = 0;
  for (const language of LANGUAGES) {
    for (const scene of scenes(language)) {
      for (const [suffix, look] of LOOKS) {
        const name = `${scene.name}-${language}-${suffix}.png`;
        if (!name.includes(only)) continue;
        await picture(browser, scene, { look, language, path: join(folder, name) });
        count += 1;
      }
    }
  }
  return count;
}

/** The few that are kept in the checkout. */
export async function chosenWindowPictures(browser: Browser, folder: string): Promise<string[]> {
  await buildPages();
  for (const [name, suffix, file] of CHOSEN) {
    const scene = scenes("en").find((other) => other.name === name);
    const dark = suffix !== "light";
    if (scene !== undefined)
      await picture(browser, scene, {
        look: { dark, sharp: true },
        language: "en",
        path: join(folder, file),
      });
  }
  return CHOSEN.map(([, , file]) => file);
}

interface Shot {
  readonly look: Look;
  readonly language: Language;
  readonly path: string;
}

async function picture(browser: Browser, scene: AnyScene, { look, language, path }: Shot): Promise<void> {
  // A scene's view and act belong to its own window, whichever that is.
  const { window, view, answer, act } = scene as Scene;
  const staged = await stage(browser, { window, view, look, language, ...(answer && { answer }) });
  try {
    await act?.(staged);
    await staged.page.evaluate(() => document.fonts.ready);
    await staged.page.screenshot({ path, fullPage: true });
  } finally {
    await staged.close();
  }
}
