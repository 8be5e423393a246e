/**
 * Tests that need a Chromium, one for a file of them. Without one they are skipped, loudly; under CI that is a
 * failure, because there nobody reads what was skipped.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { describeUnless } from "../../desktop/core/testing/system-program.ts";
import { findChromium, launchChromium } from "./browser.ts";

const HOW = "no Chromium found: apt-get install -y chromium";

/** `tests` get the browser once they run. `args` are added to its command line. */
export function describeWithChromium(
  name: string,
  args: readonly string[],
  tests: (browser: () => Browser) => void,
): void {
  describeUnless(findChromium() === undefined ? HOW : undefined, name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchChromium(args);
    });
    afterAll(() => browser?.close());
    tests(() => {
      if (browser === undefined) throw new Error("the browser has not started");
      return browser;
    });
  });
}
