/** Every window in every state: nothing wrong at AA however it is coloured, nothing overflows, nothing breaks the policy. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePages } from "./describe-pages.ts";
import { type Scene, scenes } from "./scenes.ts";
import { WINDOW_SIZES } from "./stage.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const NARROW_PX = 320;

const COLOURS = [
  { colorScheme: "light", forcedColors: "none", contrast: "no-preference" },
  { colorScheme: "dark", forcedColors: "none", contrast: "no-preference" },
  { colorScheme: "light", forcedColors: "none", contrast: "more" },
  { colorScheme: "dark", forcedColors: "none", contrast: "more" },
  { colorScheme: "light", forcedColors: "active", contrast: "no-preference" },
  { colorScheme: "dark", forcedColors: "active", contrast: "no-preference" },
] as const;

interface AxeOutcome {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** `rules`: these alone. */
async function axe(page: Page, rules?: readonly string[]): Promise<string[]> {
  const runOnly = rules === undefined ? { type: "tag", values: TAGS } : { type: "rule", values: rules };
  const outcome = await page.evaluate(
    (only) =>
      (
        globalThis as unknown as {
          axe: { run: (root: Document, options: unknown) => Promise<AxeOutcome> };
        }
      ).axe.run(document, { runOnly: only, resultTypes: ["violations"] }),
    runOnly,
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

for (const language of ["en", "ja"] as const) {
  describePages(`every state of every window, in ${language}`, (open) => {
    for (const scene of scenes(language)) {
      it(`${scene.name} reads well, fits and breaks no policy`, async () => {
        // A scene's view and act belong to its own window, whichever that is.
        const { window, view, answer, act } = scene as Scene;
        const staged = await open({ window, view, language, ...(answer && { answer }) });
        try {
          await act?.(staged);
          const { page } = staged;
          await page.evaluate(await readFile(AXE, "utf8"));
          await page.emulateMedia({ reducedMotion: "reduce" });
          expect(await axe(page)).toEqual([]);
          // The page is the same in each of them; what can differ is whether its words can be seen.
          for (const colours of COLOURS) {
            await page.emulateMedia({ ...colours, reducedMotion: "reduce" });
            expect(await axe(page, ["color-contrast"]), JSON.stringify(colours)).toEqual([]);
          }
          const { width, height } = WINDOW_SIZES[window];
          for (const [wide, high] of [
            [width, height],
            [NARROW_PX, height],
            [Math.round(width / 2), Math.round(height / 2)],
          ] as const) {
            await page.setViewportSize({ width: wide, height: high });
            expect(await overflow(page)).toEqual([]);
          }
          expect(await staged.faults()).toEqual([]);
        } finally {
          await staged.close();
        }
      });
    }
  });
}
