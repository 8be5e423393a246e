/**
 * The price of a second relay: the encrypted way from a program to the API where the PC is at one instance and the
 * program at another, with the bus between them, beside the same way through a relay that is alone. In turn, with medians
 * of the rounds' ratios.
 */
import { fileURLToPath } from "node:url";
import { startNats } from "../../support/nats.ts";
import { startRelayCluster } from "../../support/relay-cluster.ts";
import { download } from "../download.ts";
import { startConnect, startStage } from "../stage.ts";
import { median } from "../statistics.ts";
import { figure, formatTable } from "../table.ts";
import { runWrk, type WrkResult } from "../wrk.ts";

const CASES = [
  { name: "1 KB, 1 connection", bytes: 1024, connections: 1 },
  { name: "1 KB, 16 connections", bytes: 1024, connections: 16 },
  { name: "1 KB, 64 connections", bytes: 1024, connections: 64 },
  { name: "16 KB, 64 connections", bytes: 16 * 1024, connections: 64 },
] as const;
const DOWNLOAD_BYTES = 64_000_000;

export interface ClusterReport {
  readonly requests: readonly {
    readonly name: string;
    readonly alone: WrkResult;
    readonly two: WrkResult;
    /** Of requests per second: two instances divided by one. */
    readonly ratio: number;
  }[];
  readonly download: { readonly aloneMBs: number; readonly twoMBs: number; readonly ratio: number };
}

export async function benchCluster(options: { rounds: number; roundMs: number }): Promise<ClusterReport> {
  const endings: (() => unknown)[] = [];
  const atTheEnd = (end: () => unknown) => endings.push(end);
  const seconds = Math.max(1, Math.round(options.roundMs / 1000));
  const rounds = Array.from({ length: options.rounds });
  try {
    const nats = await startNats(atTheEnd);
    const relays = await startRelayCluster(atTheEnd, {
      count: 2,
      natsUrl: () => nats.url,
      command: process.execPath,
      args: [fileURLToPath(new URL("relay.mjs", import.meta.url))],
    });
    const [near, far] = relays;
    if (near === undefined || far === undefined) throw new Error("too few relays");
    const lone = await startStage();
    atTheEnd(() => lone.stop());
    const stage = await startStage({ relay: near });
    atTheEnd(() => stage.stop());
    const alone = await startConnect(await lone.link());
    lone.alsoStop(alone.program);
    const two = await startConnect(await stage.link(), far.origin);
    stage.alsoStop(two.program);

    const requests = [];
    for (const { name, bytes, connections } of CASES) {
      const path = `/bytes/${bytes}`;
      const results: { alone: WrkResult; two: WrkResult }[] = [];
      for (const _ of rounds) {
        results.push({
          alone: await runWrk(alone.origin + path, connections, seconds),
          two: await runWrk(two.origin + path, connections, seconds),
        });
      }
      requests.push({
        name,
        alone: middle(results.map((one) => one.alone)),
        two: middle(results.map((one) => one.two)),
        ratio: median(results.map((one) => one.two.requestsPerSecond / one.alone.requestsPerSecond)),
      });
    }
    const bulk: { alone: number; two: number }[] = [];
    for (const _ of [undefined, ...rounds]) {
      bulk.push({
        alone: await download(alone.origin, DOWNLOAD_BYTES),
        two: await download(two.origin, DOWNLOAD_BYTES),
      });
    }
    // The first round warms up.
    bulk.shift();
    return {
      requests,
      download: {
        aloneMBs: median(bulk.map((one) => one.alone)),
        twoMBs: median(bulk.map((one) => one.two)),
        ratio: median(bulk.map((one) => one.two / one.alone)),
      },
    };
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

function middle(results: readonly WrkResult[]): WrkResult {
  const of = (pick: (result: WrkResult) => number) => median(results.map(pick));
  return {
    requestsPerSecond: of((one) => one.requestsPerSecond),
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
  };
}

export function describeCluster({ requests, download: bulk }: ClusterReport): string {
  const rows = [["", "requests/s", "p50 ms", "p99 ms", "two to one"]];
  for (const { name, alone, two, ratio } of requests) {
    const columns = (result: WrkResult) => [
      figure(result.requestsPerSecond),
      figure(result.p50Ms),
      figure(result.p99Ms),
    ];
    rows.push([`${name}: one relay`, ...columns(alone), ""]);
    rows.push([`${name}: two and NATS`, ...columns(two), ratio.toFixed(2)]);
  }
  return [
    formatTable(rows),
    `one download: one relay ${figure(bulk.aloneMBs)}, two and NATS ${figure(bulk.twoMBs)} MB/s; two to one ${bulk.ratio.toFixed(2)}`,
  ].join("\n");
}
