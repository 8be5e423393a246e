/**
 * Protocol 1 through relay and node beside direct calls to the same API: rounds of both in turn, so that a
 * machine that slows down slows both, and the median of the rounds' ratios.
 */
import { Pool } from "undici";
import { connectV1, pairV1 } from "../../support/v1-client.ts";
import { patternedBody } from "../api-server.ts";
import { type LoadResult, type OneRequest, runLoad } from "../load.ts";
import { startStage } from "../stage.ts";
import { median } from "../statistics.ts";
import { figure, formatTable } from "../table.ts";

const KIB = 1024;
const CASES = [
  { name: "1 KB, 1 in flight", size: KIB, inFlight: 1 },
  { name: "1 KB, 16 in flight", size: KIB, inFlight: 16 },
  { name: "1 KB, 64 in flight", size: KIB, inFlight: 64 },
  { name: "256 KB, 16 in flight", size: 256 * KIB, inFlight: 16 },
] as const;

export interface V1Case {
  readonly name: string;
  readonly direct: LoadResult;
  readonly ours: LoadResult;
  /** Medians over the rounds of ours divided by direct. */
  readonly requestRatio: number;
  readonly byteRatio: number;
}

export interface V1Report {
  readonly cases: readonly V1Case[];
  readonly peakMemoryBytes: { readonly relay: number | undefined; readonly node: number | undefined };
}

function checked(body: Uint8Array, expected: Buffer): number {
  if (!expected.equals(body))
    throw new Error(`a body of ${body.length} bytes is not the one that was asked for`);
  return body.length;
}

export async function benchV1(options: { rounds: number; roundMs: number }): Promise<V1Report> {
  const stage = await startStage();
  const pool = new Pool(stage.api, { connections: 64, pipelining: 1 });
  try {
    const { body } = await pairV1(stage.relay, stage.code);
    const client = await connectV1(stage.relay, String(body.token));
    const cases: V1Case[] = [];
    for (const { name, size, inFlight } of CASES) {
      const path = `/bytes/${size}`;
      const expected = patternedBody(size);
      // Compared as it comes: what a client does with base64 is not what is measured.
      const expectedText = expected.toString("base64");
      const direct: OneRequest = async () => {
        const answer = await pool.request({ path, method: "GET" });
        return checked(new Uint8Array(await answer.body.arrayBuffer()), expected);
      };
      const ours: OneRequest = async () => {
        const answer = await client.request({ path });
        if (answer.status !== 200) throw new Error(`${path}: ${answer.error ?? answer.status}`);
        if (answer.body_b64 !== expectedText) throw new Error(`${path}: not the body that was asked for`);
        return size;
      };
      const rounds: { direct: LoadResult; ours: LoadResult }[] = [];
      for (let round = 0; round < options.rounds; round += 1) {
        rounds.push({
          direct: await runLoad(direct, inFlight, options.roundMs),
          ours: await runLoad(ours, inFlight, options.roundMs),
        });
      }
      cases.push({
        name,
        direct: middle(rounds.map((round) => round.direct)),
        ours: middle(rounds.map((round) => round.ours)),
        requestRatio: median(rounds.map((r) => r.ours.requestsPerSecond / r.direct.requestsPerSecond)),
        byteRatio: median(rounds.map((r) => r.ours.megabytesPerSecond / r.direct.megabytesPerSecond)),
      });
    }
    client.close();
    const [relay, node] = await Promise.all([
      stage.relayProgram.peakMemory(),
      stage.nodeProgram.peakMemory(),
    ]);
    return { cases, peakMemoryBytes: { relay, node } };
  } finally {
    await pool.close();
    await stage.stop();
  }
}

/** Each figure's median over the rounds. */
function middle(results: readonly LoadResult[]): LoadResult {
  const of = (pick: (result: LoadResult) => number) => median(results.map(pick));
  return {
    requestsPerSecond: of((r) => r.requestsPerSecond),
    megabytesPerSecond: of((r) => r.megabytesPerSecond),
    p50Ms: of((r) => r.p50Ms),
    p99Ms: of((r) => r.p99Ms),
  };
}

export function describeV1(report: V1Report): string {
  const columns = (result: LoadResult) => [
    figure(result.requestsPerSecond),
    figure(result.p50Ms),
    figure(result.p99Ms),
    figure(result.megabytesPerSecond),
  ];
  const rows = [["", "requests/s", "p50 ms", "p99 ms", "MB/s", "of direct"]];
  for (const entry of report.cases) {
    rows.push([`${entry.name}: direct`, ...columns(entry.direct), ""]);
    rows.push([`${entry.name}: protocol 1`, ...columns(entry.ours), entry.requestRatio.toFixed(3)]);
  }
  const { relay, node } = report.peakMemoryBytes;
  const mib = (bytes: number | undefined) => figure(bytes === undefined ? undefined : bytes / 2 ** 20);
  return `${formatTable(rows)}\npeak memory: relay ${mib(relay)} MiB, node ${mib(node)} MiB`;
}
