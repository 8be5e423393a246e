/**
 * Tests that need a Chromium, one for a file of them. Without one they are skipped, loudly; under CI that is a
 * failure, because there nobody reads what was skipped.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium, launchChromium } from "./browser.ts";

const HOW = "no Chromium found: apt-get install -y chromium";

/** `tests` get the browser once they run. `args` are added to its command line. */
export function describeWithChromium(
  name: string,
  args: readonly string[],
  tests: (browser: () => Browser) => void,
): void {
  const missing = (): Browser => {
    throw new Error(HOW);
  };
  if (findChromium() === undefined) {
    if (process.env.CI) {
      describe(name, () => {
        it("has the browser it needs", () => expect.fail(HOW));
      });
      return;
    }
    process.stderr.write(`\nSKIPPED "${name}": ${HOW}\n`);
    describe.skip(`${name} (${HOW})`, () => tests(missing));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchChromium(args);
    });
    afterAll(() => browser?.close());
    tests(() => browser ?? missing());
  });
}
