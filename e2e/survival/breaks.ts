/** The worker ended by the browser for want of work, the relay restarted, the PC asleep: under a page that stays open. */
import type { Browser } from "playwright-core";
import type { AppWorld } from "../app/app-world.ts";
import { startCoreNode } from "../support/core-node.ts";
import type { AtTheEnd } from "../support/endings.ts";
import type { Row } from "./row.ts";
import { openTab, request, requestUntilAnswered, runningWorkers, show } from "./tab.ts";

/** A browser that has not stopped an idle worker by then does not do it. Milliseconds. */
const IDLE_LIMIT_MS = 120_000;
const LOOK_MS = 1_000;
/** As long as the page is shut away while everything behind it goes. Milliseconds. */
const ASLEEP_MS = 5_000;

export interface BreakOptions {
  readonly browser: Browser;
  readonly world: AppWorld;
  readonly restartRelay: () => Promise<void>;
  readonly atTheEnd: AtTheEnd;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** In a browser of its own: its workers are counted. */
export async function idleWorker({ browser, world }: BreakOptions): Promise<Row[]> {
  const tab = await openTab(browser, world);
  await pause(IDLE_LIMIT_MS / 2);
  const isPinged = (await runningWorkers(browser)) > 0;
  const visible = await request(tab);
  await show(tab, false);
  const start = Date.now();
  while ((await runningWorkers(browser)) > 0 && Date.now() - start < IDLE_LIMIT_MS) await pause(LOOK_MS);
  const stopped = (await runningWorkers(browser)) === 0;
  const afterSec = Math.round((Date.now() - start) / 1000);
  const { text, ms } = await request(tab);
  await show(tab, true);
  return [
    {
      what: "idle for 60 s, in sight",
      seen: `the worker ${isPinged ? "lives" : "was stopped"}; a request: ${visible.text} after ${visible.ms} ms`,
      isRight: visible.text === "word",
    },
    {
      what: "idle and hidden",
      seen: `${stopped ? `the browser stopped the worker after ${afterSec} s` : "the worker was not stopped"}; then a request: ${text} after ${ms} ms`,
      isRight: text === "word",
    },
  ];
}

export async function restartedRelay({ browser, world, restartRelay }: BreakOptions): Promise<Row> {
  const tab = await openTab(browser, world);
  await restartRelay();
  const ms = await requestUntilAnswered(tab);
  return {
    what: "the relay restarted under an open page",
    seen: `answers again after ${ms} ms`,
    isRight: true,
  };
}

export async function sleepingPc({ browser, world, atTheEnd }: BreakOptions): Promise<Row[]> {
  const tab = await openTab(browser, world);
  await world.node.node.stop();
  await tab.goto(`${world.origin}/?away`);
  let title = "";
  const start = Date.now();
  while (title === "" && Date.now() - start < 30_000) {
    await pause(LOOK_MS);
    title = await tab
      .evaluate(async () => document.querySelector("h1")?.textContent ?? "", undefined)
      .catch(() => "");
  }
  await show(tab, false);
  await pause(ASLEEP_MS);
  const again = await startCoreNode({
    relay: world.relay.origin,
    api: world.app.origin,
    store: world.node.store,
    machineName: "desk",
  });
  atTheEnd(() => again.node.stop());
  await show(tab, true).catch(() => undefined);
  const back = Date.now();
  let isBack = false;
  while (!isBack && Date.now() - back < 60_000) {
    await pause(LOOK_MS);
    isBack = await tab.evaluate(async () => document.title === "ready", undefined).catch(() => false);
  }
  return [
    {
      what: "the PC gone, a page loaded",
      seen: `it says: ${title}`,
      isRight: title !== "",
    },
    {
      what: "the PC back",
      seen: isBack
        ? `the page is there by itself after ${Math.round((Date.now() - back) / 1000)} s`
        : "nothing",
      isRight: isBack,
    },
  ];
}
