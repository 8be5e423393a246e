/**
 * Tests that need a Chromium: one browser and freshly built pages for a file of tests. Without one they are skipped,
 * loudly; under CI that is a failure.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WindowName } from "../../desktop/windows/contract/command-names.ts";
import { findChromium, launchChromium } from "../support/browser.ts";
import { buildPages } from "./pages-server.ts";
import { type Play, type Staged, stage } from "./stage.ts";

export type Open = <Name extends WindowName>(play: Play<Name>) => Promise<Staged<Name>>;

const HOW = "no Chromium found: apt-get install -y chromium";

/** `tests` get a function that opens a window; what it opened is closed at the end. */
export function describePages(name: string, tests: (open: Open) => void): void {
  if (findChromium() === undefined) {
    if (process.env.CI) {
      describe(name, () => {
        it("has the browser it needs", () => expect.fail(HOW));
      });
      return;
    }
    process.stderr.write(`\nSKIPPED "${name}": ${HOW}\n`);
    describe.skip(`${name} (${HOW})`, () => tests(() => Promise.reject(new Error(HOW))));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      await buildPages();
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());
    tests((play) => {
      if (browser === undefined) throw new Error("the browser has not started");
      return stage(browser, play);
    });
  });
}
