/**
 * `npm run survival [-- --long]`: what a browser, a relay and a PC do to an open page in minutes, not in milliseconds,
 * with the browser's real limits. It prints a table, and fails when something did neither come back nor say why. With
 * `--long` it waits for the limit of five minutes too.
 */
import { parseArgs } from "node:util";
import { type AppWorld, startAppWorld } from "../app/app-world.ts";
import { launchChromium } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { builtWebFiles } from "../support/web-files.ts";
import { idleWorker, restartedRelay, sleepingPc } from "./breaks.ts";
import { serveLongApp } from "./long-app.ts";
import type { Row } from "./row.ts";
import { waitLong } from "./waits.ts";

/** Longer than 30 s and than five minutes. Milliseconds. */
const SHORT_WAIT_MS = 50_000;
const LONG_WAIT_MS = 330_000;

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { long: { type: "boolean", default: false } } });
  const ends: (() => unknown)[] = [];
  const atTheEnd = (end: () => unknown) => void ends.push(end);
  const rows: Row[] = [];
  const tell = (more: readonly Row[]) => {
    rows.push(...more);
    for (const { what, seen, isRight } of more)
      process.stdout.write(`${isRight ? "ok " : "NOT"}  ${what}\n       ${seen}\n`);
  };
  try {
    const port = await freePort();
    const startRelay = async () =>
      startTestRelay({ ORA_RELAY_PORT: String(port) }, undefined, await builtWebFiles());
    let relay: RunningRelay = await startRelay();
    atTheEnd(() => relay.close());
    const world: AppWorld = await startAppWorld(atTheEnd, { relay });
    const waitMs = values.long ? LONG_WAIT_MS : SHORT_WAIT_MS;
    const app = serveLongApp(world.app, waitMs - 10_000);
    const browsers = await Promise.all([launchChromium(), launchChromium()]);
    for (const each of browsers) atTheEnd(() => each.close());
    const [first, second] = browsers;
    const restartRelay = async () => {
      await relay.close();
      relay = await startRelay();
    };
    const options = { world, restartRelay, atTheEnd };
    const told = await Promise.all([
      waitLong({ browser: first, world, app, waitMs }),
      idleWorker({ ...options, browser: second }),
    ]);
    tell(told.flat());
    tell([await restartedRelay({ ...options, browser: first })]);
    tell(await sleepingPc({ ...options, browser: first }));
  } finally {
    for (const end of ends.reverse()) await end();
  }
  return rows.every(({ isRight }) => isRight);
}

process.exitCode = (await main()) ? 0 : 1;
