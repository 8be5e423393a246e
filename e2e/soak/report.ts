/** What a run found, for people and for whoever reads JSON. It is clean when nothing was wrong, stuck or lost. */
import { median } from "../bench/statistics.ts";
import { figure, formatTable } from "../bench/table.ts";
import { MIB } from "../support/bulk.ts";
import type { MemoryReport } from "./memory-watch.ts";
import type { Tally } from "./tally.ts";

export interface SoakReport {
  readonly seed: number;
  readonly relays: number;
  readonly minutes: number;
  readonly tally: Tally;
  /** By fault, from its end until everybody was back, in milliseconds. */
  readonly recoveries: ReadonlyMap<string, readonly number[]>;
  readonly memory: readonly MemoryReport[];
}

export function isClean({ tally }: Pick<SoakReport, "tally">): boolean {
  return tally.findings.length === 0;
}

export function reportText(report: SoakReport): string {
  const { seed, relays, minutes, tally, recoveries, memory } = report;
  const { begun, right, told, wrong, stuck, bytes } = tally.total;
  const all = [...recoveries.values()].flat();
  const seconds = (ms: number) => `${figure(ms / 1000)} s`;
  const jobs = [...tally.jobs].map(([name, counts]) => [
    name,
    ...[counts.begun, counts.right, counts.told, counts.wrong, counts.stuck].map(String),
    figure(counts.bytes / MIB),
  ]);
  const words = [...tally.toldWords].sort(([, a], [, b]) => b - a).map(([word, count]) => `${word} ${count}`);
  return [
    `seed ${seed}, ${figure(minutes)} minutes, ${relays} relay${relays === 1 ? "" : "s"}`,
    "",
    formatTable([["work", "begun", "right", "told", "wrong", "stuck", "MiB"], ...jobs]),
    "",
    `${begun} requests, ${right} right with ${figure(bytes / MIB)} MiB, ${told} told that they failed`,
    `told by: ${words.join(", ") || "nobody"}`,
    "",
    formatTable([
      ["fault", "times", "median", "worst"],
      ...[...recoveries]
        .sort()
        .map(([name, times]) => [
          name,
          String(times.length),
          seconds(median(times)),
          seconds(Math.max(...times)),
        ]),
    ]),
    "",
    `${all.length} faults; recovery ${seconds(median(all))} (median), ${seconds(Math.max(0, ...all))} (worst)`,
    "",
    formatTable([
      ["memory", "longest life", "last", "most", "grows by", "median in each sixth of the run, MiB"],
      ...memory.map((one) => [
        one.name,
        `${figure(one.lifeMinutes)} min`,
        `${figure(one.lastBytes / MIB)} MiB`,
        `${figure(one.mostBytes / MIB)} MiB`,
        one.bytesPerMinute === undefined ? "–" : `${figureWithSign(one.bytesPerMinute / MIB)} MiB/min`,
        one.sixthBytes.map((bytes) => figure(bytes === undefined ? undefined : bytes / MIB)).join(" "),
      ]),
    ]),
    "",
    ...tally.findings,
    `bodies that were lost, cut or mixed up and reported as good: ${wrongBodies(report, wrong)}`,
    `work of which nobody was told anything: ${stuck}`,
    isClean(report) ? "clean" : "NOT CLEAN",
  ].join("\n");
}

/** Those that a caller saw, and those that only the API did. */
function wrongBodies({ tally }: SoakReport, wrong: number): number {
  return wrong + tally.findings.filter((finding) => finding.startsWith("wrong at the API")).length;
}

function figureWithSign(value: number): string {
  return `${value < 0 ? "−" : "+"}${figure(Math.abs(value))}`;
}
