/**
 * `npm run try-apps -- FOLDER [PART-OF-A-NAME]`: web apps that nobody here wrote, used on a phone through the relay.
 * They are installed into FOLDER/cache, from npm and from Debian; pictures and the table go to FOLDER/pictures. Not one
 * of the tests: it fetches what it tries.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { cloudCommander } from "./apps/cloud-commander.ts";
import { dokuWiki } from "./apps/doku-wiki.ts";
import { nodeRed } from "./apps/node-red.ts";
import { openOnPhone } from "./phone.ts";
import { revokedInUse } from "./revoked-in-use.ts";
import { Steps } from "./steps.ts";
import { type Outcome, tableOf } from "./table.ts";
import type { TrialApp } from "./trial-app.ts";

const APPS: readonly TrialApp[] = [dokuWiki, nodeRed, cloudCommander];
/** Lines of a console that say nothing is wrong. */
const HARMLESS = /^(log|info|debug|startGroup\w*|endGroup|timeEnd|verbose) /;

async function tryOut(app: TrialApp, browser: Browser, folder: string): Promise<Outcome> {
  const pictures = join(folder, "pictures");
  const work = await mkdtemp(join(tmpdir(), "ora-trial-"));
  const name = app.name.toLowerCase().replaceAll(/[^a-z]+/g, "-");
  const steps = new Steps(pictures, name);
  try {
    const running = await app.start({ cache: join(folder, "cache"), work });
    try {
      const opened = await openOnPhone(browser, { api: running.origin, work, pictures, name });
      try {
        await running.use(opened, steps);
        const troubles = [...new Set(opened.heard.filter((line) => !HARMLESS.test(line)))];
        await revokedInUse(opened, steps);
        return { name: app.name, kind: app.kind, steps: steps.done, troubles };
      } finally {
        await opened.close();
      }
    } finally {
      await running.program.stop();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const [given, only = ""] = process.argv.slice(2);
if (given === undefined) {
  console.error("usage: npm run try-apps -- FOLDER [PART-OF-A-NAME]");
  process.exitCode = 64;
} else {
  const folder = resolve(given);
  await mkdir(join(folder, "pictures"), { recursive: true });
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  const outcomes: Outcome[] = [];
  try {
    for (const app of APPS) {
      if (app.name.toLowerCase().includes(only.toLowerCase()))
        outcomes.push(await tryOut(app, browser, folder));
    }
  } finally {
    await browser.close();
  }
  const table = tableOf(outcomes);
  await writeFile(join(folder, "table.md"), table);
  console.log(`\n${table}`);
  if (outcomes.some(({ steps }) => steps.some(({ failure }) => failure !== undefined))) process.exitCode = 1;
}
