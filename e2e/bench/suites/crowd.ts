/** Ten thousand idle nodes on one relay: its memory, its processor time, and all of them back after a restart. */
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../support/free-port.ts";
import type { Program } from "../../support/program.ts";
import { startCrowd, startRelay } from "../stage.ts";
import { figure } from "../table.ts";

const COUNT = 10_000;
/** So that what the handshakes left has been collected. */
const SETTLE_MS = 20_000;
/** One round of everybody's heartbeats, at least. */
const IDLE_MS = 30_000;
const TICKS_PER_SECOND = 100;

export interface CrowdReport {
  readonly count: number;
  readonly emptyBytes: number | undefined;
  readonly fullBytes: number | undefined;
  /** Of one processor, from 0 to 1. */
  readonly idleCpu: number | undefined;
  readonly firstSeconds: number;
  /** From the signal to the old relay, and from when the new one listened, until the last was back. */
  readonly restartSeconds: number;
  readonly backSeconds: number;
  readonly backBytes: number | undefined;
  /** The longest that the relay's event loop was held up, while idle and while all came back. */
  readonly idleDelayMs: number;
  readonly backDelayMs: number;
}

export async function benchCrowd(): Promise<CrowdReport> {
  const port = await freePort();
  const adminPort = await freePort();
  const env = { ORA_RELAY_PORT: String(port), ORA_RELAY_ADMIN_PORT: String(adminPort) };
  let relay = (await startRelay(env)).program;
  const crowd = startCrowd();
  try {
    await pause(SETTLE_MS / 10);
    const emptyBytes = await relay.memory();
    const startedAt = Date.now();
    crowd.begin(port, COUNT);
    const firstSeconds = ((await crowd.allOnline()) - startedAt) / 1000;
    await pause(SETTLE_MS);
    await worstDelay(adminPort);
    const before = await cpuSeconds(relay);
    await pause(IDLE_MS);
    const after = await cpuSeconds(relay);
    const fullBytes = await relay.memory();
    const idleDelayMs = await worstDelay(adminPort);

    const signalledAt = Date.now();
    await relay.stop();
    relay = (await startRelay(env)).program;
    const listeningAt = Date.now();
    await worstDelay(adminPort);
    const lastAt = await crowd.allOnline();
    const backDelayMs = await worstDelay(adminPort);
    await pause(SETTLE_MS);
    return {
      count: COUNT,
      emptyBytes,
      fullBytes,
      idleCpu: before === undefined || after === undefined ? undefined : (after - before) / (IDLE_MS / 1000),
      firstSeconds,
      restartSeconds: (lastAt - signalledAt) / 1000,
      backSeconds: (lastAt - listeningAt) / 1000,
      backBytes: await relay.memory(),
      idleDelayMs,
      backDelayMs,
    };
  } finally {
    await crowd.stop();
    await relay.stop();
  }
}

/** The worst delay of its event loop since it was asked last. Milliseconds. */
async function worstDelay(adminPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  return 1000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1] ?? Number.NaN);
}

async function cpuSeconds({ pid }: Program): Promise<number | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const [user = "", system = ""] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  } catch {
    // Not Linux.
    return undefined;
  }
}

export function describeCrowd(report: CrowdReport): string {
  const mib = (bytes: number | undefined) => figure(bytes === undefined ? undefined : bytes / 1024 / 1024);
  const { count, idleCpu } = report;
  return [
    `${count} idle nodes on one relay: ${mib(report.fullBytes)} MiB (${mib(report.emptyBytes)} without any)`,
    `idle: ${figure(idleCpu === undefined ? undefined : idleCpu * 100)} % of one processor, event loop held up ${figure(report.idleDelayMs)} ms at worst`,
    `all online for the first time after ${figure(report.firstSeconds)} s`,
    `restart: the last is back ${figure(report.restartSeconds)} s after the signal, ${figure(report.backSeconds)} s after the new relay listens`,
    `  event loop held up ${figure(report.backDelayMs)} ms at worst; ${mib(report.backBytes)} MiB afterwards`,
  ].join("\n");
}
