/** Every scene of the API client: nothing wrong at AA in light and dark, nothing overflows, every target fits a thumb. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { REQUESTS_SCENES, serveScenes } from "./requests-scenes.ts";
import { type RequestsStage, startRequestsStage } from "./requests-stage.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const TARGET_PX = 44;
const NARROW = { width: 320, height: 640 };

interface AxeOutcome {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

async function axe(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(
    (tags) =>
      (
        globalThis as unknown as {
          axe: { run: (root: Document, options: unknown) => Promise<AxeOutcome> };
        }
      ).axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }),
    TAGS,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}

/** What reaches beyond the screen, where nothing around it scrolls by itself. */
const overflow = (page: Page) =>
  page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.querySelectorAll("main *")]
      .filter((element) => element.getBoundingClientRect().right > room + 0.5)
      .map((element) => `${room}px: ${element.outerHTML.slice(0, 120)}`);
  });

const smallTargets = (page: Page) =>
  page.evaluate((least) => {
    const targets =
      "button, select, input:not([type=file]), textarea, summary, .api-file-button, .api-row-open, .api-row-lead";
    return [...document.querySelectorAll(targets)]
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
      .map(({ element, box }) => `${box.width}×${box.height}: ${element.outerHTML.slice(0, 120)}`);
  }, TARGET_PX);

const atTheEnd = endingsOfAllTests();

describeWithChromium("every scene of the API client", [], (browser) => {
  let stage: RequestsStage;
  beforeAll(async () => {
    stage = await startRequestsStage(atTheEnd);
    serveScenes(stage.api);
  });

  it.each(REQUESTS_SCENES)("$name", async ({ act }) => {
    const opened = await stage.open(browser());
    const { page } = opened;
    try {
      await act(opened);
      await page.evaluate(await readFile(AXE, "utf8"));
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect(await axe(page), colorScheme).toEqual([]);
      }
      expect(await overflow(page)).toEqual([]);
      await page.setViewportSize(NARROW);
      expect(await overflow(page)).toEqual([]);
      expect(await smallTargets(page)).toEqual([]);
      expect(opened.faults).toEqual([]);
    } finally {
      await opened.close();
    }
  });

  it.each(REQUESTS_SCENES)("$name, in Japanese", async ({ act }) => {
    const opened = await stage.open(browser(), { language: "ja", viewport: NARROW });
    try {
      await act(opened);
      expect(await overflow(opened.page)).toEqual([]);
      expect(await smallTargets(opened.page)).toEqual([]);
      expect(opened.faults).toEqual([]);
    } finally {
      await opened.close();
    }
  });
});
