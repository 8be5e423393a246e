/**
 * The encrypted way: a program → ora-connect → relay → node → API, beside `ssh -R` with a session and beside
 * direct calls, in turn, with medians over the rounds. Then a small request beside a download at full speed, and
 * one download over a line that holds every byte back for 50 ms each way.
 */
import { download } from "../download.ts";
import { type SshTunnel, startSshTunnel } from "../ssh-tunnel.ts";
import { startConnect, startDelayProxy, startStage } from "../stage.ts";
import { median, quantile } from "../statistics.ts";
import { figure, formatTable } from "../table.ts";
import { runWrk, type WrkResult } from "../wrk.ts";

const CONNECTIONS = [1, 16, 64] as const;
const DOWNLOAD_BYTES = 64_000_000;
const DELAY_MS = 50;
const SMALL = "/bytes/1024";

export interface TunnelReport {
  readonly requests: readonly {
    readonly connections: number;
    readonly direct: WrkResult;
    readonly ssh: WrkResult;
    readonly ours: WrkResult;
    /** Medians of the rounds' ratios of requests per second. */
    readonly toSsh: number;
    readonly toDirect: number;
  }[];
  readonly download: {
    readonly directMBs: number;
    readonly sshMBs: number;
    readonly oursMBs: number;
    readonly toSsh: number;
    readonly toDirect: number;
  };
  /** Median time of a small request while one download runs at full speed. */
  readonly besideDownloadMs: { readonly ssh: number; readonly ours: number };
  readonly delayed: { readonly delayMs: number; readonly oursMBs: number; readonly toUndelayed: number };
  readonly peakMemoryBytes: Record<"relay" | "node" | "connect", number | undefined>;
}

function middle(results: readonly WrkResult[]): WrkResult {
  const of = (pick: (result: WrkResult) => number) => median(results.map(pick));
  return {
    requestsPerSecond: of((r) => r.requestsPerSecond),
    p50Ms: of((r) => r.p50Ms),
    p99Ms: of((r) => r.p99Ms),
  };
}

/** The median of small requests, one after the other, while downloads follow each other without a pause. */
async function besideDownload(origin: string, durationMs: number): Promise<number> {
  let running = true;
  const bulk = (async () => {
    while (running) await download(origin, DOWNLOAD_BYTES);
  })();
  const times: number[] = [];
  const until = performance.now() + durationMs;
  while (performance.now() < until) {
    const from = performance.now();
    const response = await fetch(`${origin}${SMALL}`);
    await response.arrayBuffer();
    times.push(performance.now() - from);
  }
  running = false;
  await bulk;
  return quantile(times, 0.5);
}

export async function benchTunnel(options: { rounds: number; roundMs: number }): Promise<TunnelReport> {
  const stage = await startStage();
  const seconds = Math.max(1, Math.round(options.roundMs / 1000));
  const rounds = Array.from({ length: options.rounds });
  let ssh: SshTunnel | undefined;
  try {
    ssh = await startSshTunnel(Number(new URL(stage.api).port));
    const connect = await startConnect(await stage.link());
    stage.alsoStop(connect.program);
    const { api } = stage;
    const requests = [];
    for (const connections of CONNECTIONS) {
      const results: { direct: WrkResult; ssh: WrkResult; ours: WrkResult }[] = [];
      for (const _ of rounds) {
        results.push({
          direct: await runWrk(api + SMALL, connections, seconds),
          ssh: await runWrk(ssh.origin + SMALL, connections, seconds),
          ours: await runWrk(connect.origin + SMALL, connections, seconds),
        });
      }
      requests.push({
        connections,
        direct: middle(results.map((r) => r.direct)),
        ssh: middle(results.map((r) => r.ssh)),
        ours: middle(results.map((r) => r.ours)),
        toSsh: median(results.map((r) => r.ours.requestsPerSecond / r.ssh.requestsPerSecond)),
        toDirect: median(results.map((r) => r.ours.requestsPerSecond / r.direct.requestsPerSecond)),
      });
    }
    const bulk: { direct: number; ssh: number; ours: number }[] = [];
    for (const _ of [undefined, ...rounds]) {
      bulk.push({
        direct: await download(api, DOWNLOAD_BYTES),
        ssh: await download(ssh.origin, DOWNLOAD_BYTES),
        ours: await download(connect.origin, DOWNLOAD_BYTES),
      });
    }
    // The first round warms up: the API makes its body, and windows grow.
    bulk.shift();
    const besideDownloadMs = {
      ssh: await besideDownload(ssh.origin, options.roundMs),
      ours: await besideDownload(connect.origin, options.roundMs),
    };
    const peak = {
      relay: await stage.relayProgram.peakMemory(),
      node: await stage.nodeProgram.peakMemory(),
      connect: await connect.program.peakMemory(),
    };
    const oursMBs = median(bulk.map((r) => r.ours));
    return {
      requests,
      download: {
        directMBs: median(bulk.map((r) => r.direct)),
        sshMBs: median(bulk.map((r) => r.ssh)),
        oursMBs,
        toSsh: median(bulk.map((r) => r.ours / r.ssh)),
        toDirect: median(bulk.map((r) => r.ours / r.direct)),
      },
      besideDownloadMs,
      delayed: await delayedDownload(rounds.length, oursMBs),
      peakMemoryBytes: peak,
    };
  } finally {
    await ssh?.stop();
    await stage.stop();
  }
}

async function delayedDownload(rounds: number, undelayedMBs: number) {
  const stage = await startStage({ proxied: (port) => startDelayProxy(port, DELAY_MS) });
  try {
    // On one leg alone: with both it would be twice the delay.
    const connect = await startConnect(await stage.link(), stage.relay);
    stage.alsoStop(connect.program);
    const speeds: number[] = [];
    for (let round = 0; round < rounds + 1; round += 1)
      speeds.push(await download(connect.origin, DOWNLOAD_BYTES));
    const oursMBs = median(speeds.slice(1));
    return { delayMs: DELAY_MS, oursMBs, toUndelayed: oursMBs / undelayedMBs };
  } finally {
    await stage.stop();
  }
}

export function describeTunnel(report: TunnelReport): string {
  const rows = [["", "requests/s", "p50 ms", "p99 ms", "to ssh", "to direct"]];
  for (const entry of report.requests) {
    const name = `1 KB, ${entry.connections} connection${entry.connections === 1 ? "" : "s"}`;
    const columns = (result: WrkResult) => [
      figure(result.requestsPerSecond),
      figure(result.p50Ms),
      figure(result.p99Ms),
    ];
    rows.push([`${name}: direct`, ...columns(entry.direct), "", ""]);
    rows.push([`${name}: ssh -R`, ...columns(entry.ssh), "", ""]);
    rows.push([
      `${name}: ora-connect`,
      ...columns(entry.ours),
      entry.toSsh.toFixed(2),
      entry.toDirect.toFixed(2),
    ]);
  }
  const { download: bulk, besideDownloadMs: beside, delayed, peakMemoryBytes: peak } = report;
  const mib = (bytes: number | undefined) => figure(bytes === undefined ? undefined : bytes / 2 ** 20);
  return [
    formatTable(rows),
    `one download: direct ${figure(bulk.directMBs)}, ssh ${figure(bulk.sshMBs)}, ora-connect ${figure(bulk.oursMBs)} MB/s; to ssh ${bulk.toSsh.toFixed(2)}, to direct ${bulk.toDirect.toFixed(2)}`,
    `a small request beside a download, p50: ssh ${figure(beside.ssh)} ms, ora-connect ${figure(beside.ours)} ms`,
    `one download with ${delayed.delayMs} ms each way: ${figure(delayed.oursMBs)} MB/s, ${delayed.toUndelayed.toFixed(2)} of without`,
    `peak memory: relay ${mib(peak.relay)}, node ${mib(peak.node)}, ora-connect ${mib(peak.connect)} MiB`,
  ].join("\n");
}
