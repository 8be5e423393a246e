/** Tests of the windows' pages: one browser and freshly built pages for a file of them. */
import { beforeAll } from "vitest";
import type { WindowName } from "../../desktop/windows/contract/command-names.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { buildPages } from "./pages-server.ts";
import { type Play, type Staged, stage } from "./stage.ts";

export type Open = <Name extends WindowName>(play: Play<Name>) => Promise<Staged<Name>>;

/** `tests` get a function that opens a window; what it opened is closed at the end. */
export function describePages(name: string, tests: (open: Open) => void): void {
  describeWithChromium(name, [], (browser) => {
    beforeAll(async () => {
      await buildPages();
    });
    tests((play) => stage(browser(), play));
  });
}
