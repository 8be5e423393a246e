/** What one slow client costs a hundred fast ones on the same node: the 99th percentile of their small requests. */
import { get, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { RelaySession } from "#shared/client/relay-client.ts";
import { pairDevice, sessionIs } from "../../support/device.ts";
import { type Stage, startConnect, startStage } from "../stage.ts";
import { quantile } from "../statistics.ts";
import { figure, formatTable } from "../table.ts";

const FAST = 100;
/** Fewer channels each than a node allows a device. */
const DEVICES = 10;
const BODY_BYTES = 1024;
/** Each fast client asks so often, so that there is room left on the machine. */
const ASK_EVERY_MS = 250;
const PHASE_MS = 5_000;
const SLOW_DOWNLOADS = 4;
/** A slow client takes so much of one of them, and so often: 64 KiB/s. */
const TAKE_BYTES = 16 * 1024;
const TAKE_EVERY_MS = 250;
/** Until all that may wait for it does: what it costs to begin is not what it costs to be slow. */
const FILL_MS = 2_000;

export interface SlowClientReport {
  /** Of the best round each, in milliseconds: what else happens on the machine can only make them worse. */
  readonly aloneP99Ms: number;
  readonly slowP99Ms: number;
  readonly frozenP99Ms: number;
  /** Of these. */
  readonly slowRatio: number;
  readonly frozenRatio: number;
}

export async function benchSlowClient({ rounds }: { rounds: number }): Promise<SlowClientReport> {
  const stage = await startStage();
  const sessions: RelaySession[] = [];
  try {
    for (let number = 0; number < DEVICES; number += 1) {
      const device = await pairDevice({
        text: await stage.link(),
        relay: stage.relay,
        name: `fast ${number}`,
      });
      for (let i = 0; i < FAST / DEVICES; i += 1) sessions.push(device.connect());
    }
    for (const session of sessions) await sessionIs(session, "connected");
    await askAll(sessions);
    const alone: number[] = [];
    const slow: number[] = [];
    const frozen: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alone.push(await askAll(sessions));
      const client = await startSlowClient(stage);
      await pause(FILL_MS);
      slow.push(await askAll(sessions));
      client.program.kill("SIGSTOP");
      frozen.push(await askAll(sessions));
      client.program.kill("SIGCONT");
      client.end();
      await client.program.stop();
    }
    const [aloneP99Ms, slowP99Ms, frozenP99Ms] = [Math.min(...alone), Math.min(...slow), Math.min(...frozen)];
    return {
      aloneP99Ms,
      slowP99Ms,
      frozenP99Ms,
      slowRatio: slowP99Ms / aloneP99Ms,
      frozenRatio: frozenP99Ms / aloneP99Ms,
    };
  } finally {
    for (const session of sessions) session.close();
    await stage.stop();
  }
}

/** The 99th percentile over all. */
async function askAll(sessions: readonly RelaySession[]): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + PHASE_MS;
  const one = async (session: RelaySession) => {
    await pause(Math.random() * ASK_EVERY_MS);
    while (performance.now() < until) {
      const from = performance.now();
      const { byteLength } = await (await session.fetch(`/bytes/${BODY_BYTES}`)).arrayBuffer();
      if (byteLength !== BODY_BYTES) throw new Error("not everything came");
      times.push(performance.now() - from);
      await pause(ASK_EVERY_MS);
    }
  };
  await Promise.all(sessions.map(one));
  return quantile(times, 0.99);
}

/** Endless downloads of which it takes little, and seldom. */
async function startSlowClient(stage: Stage) {
  const { program, origin } = await startConnect(await stage.link());
  stage.alsoStop(program);
  const downloads: IncomingMessage[] = [];
  for (let i = 0; i < SLOW_DOWNLOADS; i += 1) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${origin}/endless`, resolve).on("error", reject);
    });
    response.on("error", () => undefined);
    downloads.push(response);
  }
  let turn = 0;
  const timer = setInterval(() => {
    downloads[turn % SLOW_DOWNLOADS]?.read(TAKE_BYTES);
    turn += 1;
  }, TAKE_EVERY_MS);
  return {
    program,
    end() {
      clearInterval(timer);
      for (const download of downloads) download.destroy();
    },
  };
}

export function describeSlowClient(report: SlowClientReport): string {
  const rows = [
    ["99th percentile of 100 fast clients", "ms", "ratio"],
    ["alone", figure(report.aloneP99Ms), ""],
    ["beside one that reads slowly", figure(report.slowP99Ms), figure(report.slowRatio)],
    ["beside one that reads nothing", figure(report.frozenP99Ms), figure(report.frozenRatio)],
  ];
  return formatTable(rows);
}
