/** Pictures of every scene of the phone's page: light and dark, English and Japanese, narrow, zoomed, forced colours. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { homeScenes } from "../home/scenes/scenes.ts";
import { buildScenesPage, type Look, type ScenesPage, stageScene } from "../home/scenes/stage.ts";

const LOOKS: readonly (readonly [suffix: string, look: Look])[] = [
  ["light", {}],
  ["dark", { dark: true }],
  ["light-320px", { width: 320, height: 640 }],
  ["light-200", { zoom: 2 }],
  ["forced-colors", { forcedColors: true }],
];

/** The one that the README shows. */
const CHOSEN = { scene: "list", file: "phone-home.png" } as const;

/** All of them into `folder`; `only` keeps those whose file name contains it. */
export async function phonePictures(browser: Browser, folder: string, only = ""): Promise<number> {
  const files = await buildScenesPage();
  await mkdir(folder, { recursive: true });
  let count = 0;
  for (const language of ["en", "ja"] as const) {
    for (const scene of homeScenes(language)) {
      for (const [suffix, look] of LOOKS) {
        const name = `${scene.name}-${language}-${suffix}.png`;
        if (!name.includes(only)) continue;
        await picture(browser, files, { scene, look, path: join(folder, name) });
        count += 1;
      }
    }
  }
  return count;
}

/** The one that is kept in the checkout. */
export async function chosenPhonePicture(browser: Browser, folder: string): Promise<string> {
  const scene = homeScenes("en").find(({ name }) => name === CHOSEN.scene);
  if (scene === undefined) throw new Error("the chosen scene is gone");
  await picture(browser, await buildScenesPage(), { scene, look: {}, path: join(folder, CHOSEN.file) });
  return CHOSEN.file;
}

interface Shot {
  readonly scene: ReturnType<typeof homeScenes>[number];
  readonly look: Look;
  readonly path: string;
}

async function picture(browser: Browser, files: ScenesPage, { scene, look, path }: Shot): Promise<void> {
  const staged = await stageScene(browser, files, scene, look);
  try {
    await staged.page.evaluate(() => document.fonts.ready);
    await staged.page.screenshot({ path, fullPage: true });
  } finally {
    await staged.close();
  }
}
