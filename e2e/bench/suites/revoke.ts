/** How long a download at full speed goes on after its device was revoked: to the last byte, in milliseconds. */
import { get, type IncomingMessage } from "node:http";
import { userInfo } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { controlAddress } from "../../../desktop/core/control/address.ts";
import { askNode } from "../../../desktop/core/control/control-client.ts";
import { type Stage, startConnect, startStage } from "../stage.ts";
import { quantile } from "../statistics.ts";
import { figure } from "../table.ts";

/** So that the download has reached its speed. */
const RUNNING_MS = 1000;
/** So that a byte that is still on its way would be seen. */
const AFTERMATH_MS = 500;

export interface RevokeReport {
  /** From the command's arrival at the node to the last byte at the program that downloads. */
  readonly lastByteMs: readonly number[];
  readonly megabytesPerSecond: number;
}

export async function benchRevoke({ rounds }: { rounds: number }): Promise<RevokeReport> {
  const stage = await startStage();
  try {
    const lastByteMs: number[] = [];
    const speeds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { last, speed } = await revokeOnce(stage);
      lastByteMs.push(last);
      speeds.push(speed);
    }
    return { lastByteMs, megabytesPerSecond: quantile(speeds, 0.5) };
  } finally {
    await stage.stop();
  }
}

async function revokeOnce(stage: Stage): Promise<{ last: number; speed: number }> {
  const connect = await startConnect(await stage.link());
  stage.alsoStop(connect.program);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${connect.origin}/endless`, resolve).on("error", reject);
  });
  let received = 0;
  let lastAt = performance.now();
  let ending = "none";
  response.on("data", (chunk: Buffer) => {
    received += chunk.length;
    lastAt = performance.now();
  });
  response.on("end", () => {
    ending = "clean";
  });
  response.on("error", () => {
    ending = "cut";
  });
  await pause(RUNNING_MS);
  const speed = received / 1e6 / (RUNNING_MS / 1000);
  const place = { stateDir: stage.stateDir, platform: process.platform, user: userInfo().username };
  const at = performance.now();
  const exit = await askNode({
    address: controlAddress(place),
    args: ["revoke", "--all"],
    print: () => undefined,
  });
  await pause(AFTERMATH_MS);
  if (exit !== 0 || ending !== "cut")
    throw new Error(`revoke ended with ${exit}, the download was ${ending}`);
  return { last: Math.max(0, lastAt - at), speed };
}

export function describeRevoke(report: RevokeReport): string {
  const worst = Math.max(...report.lastByteMs);
  return `revoke in a download at ${figure(report.megabytesPerSecond)} MB/s: last byte after ${figure(quantile(report.lastByteMs, 0.5))} ms (median), ${figure(worst)} ms (worst of ${report.lastByteMs.length})`;
}
