/**
 * A web app in a browser: through the worker, the relay and the node, beside the same page asked directly, in the same
 * browser and in turn. Medians of the rounds' ratios count: the machine's own noise is in both.
 */
import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../support/browser.ts";
import { pairDevice, sessionIs } from "../../support/device.ts";
import { until } from "../../support/until.ts";
import { startStage } from "../stage.ts";
import { median } from "../statistics.ts";
import { figure, formatTable } from "../table.ts";
import { openUnobservedTab, type UnobservedTab } from "../unobserved-tab.ts";
import { benchFarPhone, describeFarPhone, type FarPhoneReport } from "./far-phone.ts";

const BYTES = 64_000_000;
const SMALL_REQUESTS = 60;

export interface PhoneReport {
  readonly down: Comparison;
  readonly up: Comparison;
  /** Median time of a small request, one after the other. Milliseconds. */
  readonly small: { readonly direct: number; readonly ours: number; readonly added: number };
  readonly far: FarPhoneReport;
}

interface Comparison {
  readonly directMBs: number;
  readonly oursMBs: number;
  /** The median of the rounds' ratios. */
  readonly ratio: number;
}

interface Round {
  readonly down: number;
  readonly up: number;
  readonly small: number;
}

/** Runs in the page. MB/s, and milliseconds. */
async function measure({ bytes, requests }: { bytes: number; requests: number }): Promise<Round> {
  const since = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const down = await since(async () => {
    const { body } = await fetch(`/bytes/${bytes}`, { cache: "no-store" });
    let received = 0;
    const reader = body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) break;
      received += value?.length ?? 0;
    }
    if (received !== bytes) throw new Error("not everything came");
  });
  const blob = new Blob([new Uint8Array(bytes / 2)]);
  const up = await since(async () => {
    const answer = await fetch("/upload", { method: "POST", body: blob });
    if ((await answer.text()) !== String(blob.size)) throw new Error("not everything went");
  });
  const times: number[] = [];
  for (let count = 0; count < requests; count += 1) {
    times.push(
      await since(async () => (await fetch(`/bytes/1024?${count}`, { cache: "no-store" })).arrayBuffer()),
    );
  }
  times.sort((a, b) => a - b);
  return {
    down: bytes / 1000 / down,
    up: blob.size / 1000 / up,
    small: times[Math.floor(times.length / 2)] ?? 0,
  };
}

/** Also while it is on its way: then there is nothing to ask. */
async function isThere(tab: UnobservedTab): Promise<boolean> {
  return tab.evaluate(async () => document.title === "ready", undefined).catch(() => false);
}

async function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("no Chromium found: apt-get install chromium");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

export async function benchPhone({ rounds }: { rounds: number }): Promise<PhoneReport> {
  const browser = await launch();
  try {
    return { ...(await benchNearPhone(browser, rounds)), far: await benchFarPhone(browser, { rounds }) };
  } finally {
    await browser.close();
  }
}

async function benchNearPhone(browser: Browser, rounds: number): Promise<Omit<PhoneReport, "far">> {
  const stage = await startStage();
  try {
    const phone = await pairDevice({ text: await stage.link(), relay: stage.relay });
    const session = phone.connect();
    await sessionIs(session, "connected");
    const link = await session.grant({ app: true });
    const origin = stage.relay.replace("127.0.0.1", `${phone.record.nodeId}.localhost`);
    const [ours, direct] = [await openUnobservedTab(browser), await openUnobservedTab(browser)];
    await ours.goto(`${origin}/~ora/boot${link.slice(link.indexOf("#"))}/page`);
    await direct.goto(`${stage.api}/page`);
    for (const tab of [ours, direct]) await until("the page was there", () => isThere(tab));
    const results: { direct: Round; ours: Round }[] = [];
    const run = (tab: UnobservedTab) => tab.evaluate(measure, { bytes: BYTES, requests: SMALL_REQUESTS });
    for (let round = 0; round < rounds + 1; round += 1) {
      results.push({ direct: await run(direct), ours: await run(ours) });
    }
    session.close();
    // The first round warms up: windows grow, and code is compiled.
    return reportOf(results.slice(1));
  } finally {
    await stage.stop();
  }
}

function reportOf(results: readonly { direct: Round; ours: Round }[]): Omit<PhoneReport, "far"> {
  const of = (pick: (result: { direct: Round; ours: Round }) => number) => median(results.map(pick));
  const compare = (what: "down" | "up"): Comparison => ({
    directMBs: of((result) => result.direct[what]),
    oursMBs: of((result) => result.ours[what]),
    ratio: of((result) => result.ours[what] / result.direct[what]),
  });
  return {
    down: compare("down"),
    up: compare("up"),
    small: {
      direct: of((result) => result.direct.small),
      ours: of((result) => result.ours.small),
      added: of((result) => result.ours.small - result.direct.small),
    },
  };
}

export function describePhone({ down, up, small, far }: PhoneReport): string {
  const row = (name: string, { directMBs, oursMBs, ratio }: Comparison) => [
    name,
    figure(directMBs),
    figure(oursMBs),
    ratio.toFixed(2),
  ];
  return [
    formatTable([
      ["Chromium, MB/s", "direct", "through the tunnel", "ratio"],
      row("down", down),
      row("up", up),
    ]),
    `a small request, p50: direct ${figure(small.direct)}, through the tunnel ${figure(small.ours)} ms: ${figure(small.added)} more`,
    describeFarPhone(far),
  ].join("\n");
}
