/** What an idle node and an idle client cost the relay in memory: a thousand of each, divided. */

import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { pairV1 } from "../../support/v1-client.ts";
import { startRelay } from "../stage.ts";
import { figure } from "../table.ts";

const COUNT = 1000;
/** The relay's collector needs a moment before its memory says anything. */
const SETTLE_MS = 2000;

export interface IdleReport {
  readonly count: number;
  readonly perNodeBytes: number | undefined;
  readonly perClientBytes: number | undefined;
}

export async function benchIdle(): Promise<IdleReport> {
  const { program, origin } = await startRelay({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "0" });
  const sockets: WebSocket[] = [];
  const memory = async () => {
    await pause(SETTLE_MS);
    return program.memory();
  };
  const open = async (path: string, headers: Record<string, string> = {}) => {
    const socket = new WebSocket(`${origin.replace(/^http/, "ws")}${path}`, {
      headers,
      perMessageDeflate: false,
    });
    sockets.push(socket);
    await once(socket, "open");
    return socket;
  };
  const offer = async (i: number) => {
    const node = await open(`/ws/node?node_id=idle-${i}`);
    node.send(JSON.stringify({ type: "pair_offer", code: `idle-${i}` }));
    await once(node, "message");
  };
  const enter = async (i: number) => {
    const { body } = await pairV1(origin, `idle-${i}`);
    await open("/ws/client", { authorization: `Bearer ${String(body.token)}` });
  };
  try {
    // One of each first, so that what the first use loads is not counted.
    await offer(-1);
    await enter(-1);
    const empty = await memory();
    for (let i = 0; i < COUNT; i += 1) await offer(i);
    const withNodes = await memory();
    for (let i = 0; i < COUNT; i += 1) await enter(i);
    const withClients = await memory();
    const each = (more?: number, less?: number) =>
      more === undefined || less === undefined ? undefined : (more - less) / COUNT;
    return {
      count: COUNT,
      perNodeBytes: each(withNodes, empty),
      perClientBytes: each(withClients, withNodes),
    };
  } finally {
    for (const socket of sockets) socket.terminate();
    await program.stop();
  }
}

export function describeIdle(report: IdleReport): string {
  const kib = (bytes: number | undefined) => figure(bytes === undefined ? undefined : bytes / 1024);
  return `relay memory at ${report.count} each: ${kib(report.perNodeBytes)} KiB per idle node, ${kib(report.perClientBytes)} KiB per idle client`;
}
