/** Every scene of the page: nothing wrong at AA in light and dark, thumb-sized targets, nothing overflows. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { homeScenes } from "./scenes/scenes.ts";
import { buildScenesPage, type ScenesPage, stageScene } from "./scenes/stage.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** A current phone, the narrowest one, and twice the size of everything on it. */
const SIZES = [
  [390, 844],
  [320, 568],
  [195, 422],
] as const;
const TARGET_PX = 44;

interface AxeOutcome {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

async function axe(page: Page): Promise<string[]> {
  const outcome = await page.evaluate(
    (tags) =>
      (
        globalThis as unknown as {
          axe: { run: (root: Document, options: unknown) => Promise<AxeOutcome> };
        }
      ).axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }),
    TAGS,
  );
  return outcome.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}

function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > room + 0.5)
      .map((element) => `${room}px: ${element.outerHTML.slice(0, 120)}`);
  });
}

function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(
    (least) =>
      [...document.querySelectorAll("button, input, select, a")]
        .filter((element) => element.getBoundingClientRect().height < least - 0.5)
        .map((element) => element.outerHTML.slice(0, 120)),
    TARGET_PX,
  );
}

for (const language of ["en", "ja"] as const) {
  describeWithChromium(`every scene of the page, in ${language}`, [], (browser) => {
    let files: ScenesPage;
    beforeAll(async () => {
      files = await buildScenesPage();
    });
    for (const scene of homeScenes(language)) {
      it(`${scene.name} reads well, fits, and breaks no policy`, async () => {
        const { page, faults, close } = await stageScene(browser(), files, scene);
        try {
          for (const [width, height] of SIZES) {
            await page.setViewportSize({ width, height });
            expect(await overflow(page), `${width}`).toEqual([]);
            expect(await smallTargets(page), `${width}`).toEqual([]);
          }
          await page.setViewportSize({ width: 390, height: 844 });
          expect(faults).toEqual([]);
          await page.evaluate(await readFile(AXE, "utf8"));
          for (const colorScheme of ["light", "dark"] as const) {
            await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
            expect(await axe(page), colorScheme).toEqual([]);
          }
        } finally {
          await close();
        }
      });
    }
  });
}
