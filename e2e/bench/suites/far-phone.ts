/**
 * A phone far away: every byte between it and the relay takes 40 ms each way. How long an app of many parts takes to be
 * there, beside the same app asked directly over the same line, and how long the tunnel takes to be back when the
 * browser has ended the worker.
 */
import type { Browser } from "playwright-core";
import { pairDevice, sessionIs } from "../../support/device.ts";
import { until } from "../../support/until.ts";
import { PARTS } from "../many-parts.ts";
import { startDelayProxy, startStage } from "../stage.ts";
import { median } from "../statistics.ts";
import { figure, formatTable } from "../table.ts";
import { openUnobservedTab, type UnobservedTab } from "../unobserved-tab.ts";

/** Each way. */
const DELAY_MS = 40;
const AWAKE_REQUESTS = 5;

export interface FarPhoneReport {
  readonly roundTripMs: number;
  readonly parts: number;
  /** From the navigation's start to the `load` event, in milliseconds: nothing is in a cache. */
  readonly first: PageTimes;
  /** The same of an app whose parts the browser has, and may keep or has to ask about. */
  readonly again: PageTimes;
  /** A request right after the worker's end, in milliseconds, and what it takes longer than one of a worker that lives. */
  readonly afterKill: { readonly request: number; readonly awake: number; readonly back: number };
}

interface PageTimes {
  readonly direct: number;
  readonly ours: number;
  /** The median of the rounds' ratios. */
  readonly ratio: number;
}

export async function benchFarPhone(
  browser: Browser,
  { rounds }: { rounds: number },
): Promise<FarPhoneReport> {
  const stage = await startStage();
  try {
    const far = async (origin: string) => {
      const { program, port } = await startDelayProxy(Number(new URL(origin).port), DELAY_MS);
      stage.alsoStop(program);
      return port;
    };
    const [relayPort, apiPort] = [await far(stage.relay), await far(stage.api)];
    const phone = await pairDevice({ text: await stage.link(), relay: stage.relay });
    const session = phone.connect();
    await sessionIs(session, "connected");
    const link = await session.grant({ app: true });
    session.close();
    const ours = `http://${phone.record.nodeId}.localhost:${relayPort}`;
    const direct = `http://127.0.0.1:${apiPort}`;
    const tabs = { ours: await openUnobservedTab(browser), direct: await openUnobservedTab(browser) };
    await tabs.ours.goto(`${ours}/~ora/boot${link.slice(link.indexOf("#"))}/parts?warm`);
    await isLoaded(tabs.ours, "?warm");
    const visits: { first: Pair; again: Pair }[] = [];
    for (let round = 0; round < rounds + 1; round += 1) {
      const visit = async (name: string): Promise<Pair> => ({
        direct: await visitParts(tabs.direct, `${direct}/parts`, name),
        ours: await visitParts(tabs.ours, `${ours}/parts`, name),
      });
      visits.push({ first: await visit(`?${round}`), again: await visit(`?${round}&again`) });
    }
    const kills: { request: number; awake: number }[] = [];
    for (let round = 0; round < rounds; round += 1) kills.push(await killed(tabs.ours));
    // The first round warms up: windows grow, and code is compiled.
    return reportOf(visits.slice(1), kills);
  } finally {
    await stage.stop();
  }
}

interface Pair {
  readonly direct: number;
  readonly ours: number;
}

async function visitParts(tab: UnobservedTab, page: string, name: string): Promise<number> {
  await tab.goto(`${page}${name}`);
  return isLoaded(tab, name);
}

/** Resolves with the milliseconds that it took, once the page of this name has loaded with all its parts. */
async function isLoaded(tab: UnobservedTab, name: string): Promise<number> {
  let took = 0;
  await until("the page was there", async () => {
    took = await tab.evaluate(loadTime, { name, parts: PARTS }).catch(() => 0);
    return took > 0;
  });
  return took;
}

/** Runs in the page; 0 while it is not there. */
async function loadTime({ name, parts }: { name: string; parts: number }): Promise<number> {
  const [navigation] = performance.getEntriesByType("navigation");
  if (location.search !== name || !(navigation instanceof PerformanceNavigationTiming)) return 0;
  if (navigation.loadEventEnd === 0) return 0;
  const { length } = document.querySelectorAll("[data-loaded]");
  if (length !== parts) throw new Error(`${length} of ${parts} parts came`);
  return navigation.loadEventEnd;
}

async function killed(tab: UnobservedTab): Promise<{ request: number; awake: number }> {
  const awake: number[] = [];
  for (let count = 0; count < AWAKE_REQUESTS; count += 1)
    awake.push(await tab.evaluate(requestTime, undefined));
  await tab.stopWorker();
  return { request: await tab.evaluate(requestTime, undefined), awake: median(awake) };
}

/** Runs in the page. */
async function requestTime(): Promise<number> {
  const start = performance.now();
  await (await fetch("/bytes/1024", { cache: "no-store" })).arrayBuffer();
  return performance.now() - start;
}

function reportOf(
  visits: readonly { first: Pair; again: Pair }[],
  kills: readonly { request: number; awake: number }[],
): FarPhoneReport {
  const times = (pick: "first" | "again"): PageTimes => ({
    direct: median(visits.map((visit) => visit[pick].direct)),
    ours: median(visits.map((visit) => visit[pick].ours)),
    ratio: median(visits.map((visit) => visit[pick].ours / visit[pick].direct)),
  });
  return {
    roundTripMs: 2 * DELAY_MS,
    parts: PARTS,
    first: times("first"),
    again: times("again"),
    afterKill: {
      request: median(kills.map(({ request }) => request)),
      awake: median(kills.map(({ awake }) => awake)),
      back: median(kills.map(({ request, awake }) => request - awake)),
    },
  };
}

export function describeFarPhone({ roundTripMs, parts, first, again, afterKill }: FarPhoneReport): string {
  const row = (name: string, { direct, ours, ratio }: PageTimes) => [
    name,
    figure(direct),
    figure(ours),
    ratio.toFixed(2),
  ];
  return [
    formatTable([
      [
        `a page of ${parts} parts, ${roundTripMs} ms of round trip, ms`,
        "direct",
        "through the tunnel",
        "ratio",
      ],
      row("the first time", first),
      row("again", again),
    ]),
    `a request after the worker's end: ${figure(afterKill.request)} ms, otherwise ${figure(afterKill.awake)}: ${figure(afterKill.back)} to be back`,
  ].join("\n");
}
