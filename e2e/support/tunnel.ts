/** The whole way, for plain programs: an API, the relay, the node and ora-connect, the last three as processes. */
import type { AtTheEnd } from "./endings.ts";
import type { Program } from "./program.ts";
import { type Routes, startRoutes } from "./routes.ts";
import {
  type NodeProgram,
  type RelayProgram,
  startConnectProgram,
  startNodeProgram,
  startRelayProgram,
} from "./stage.ts";

export interface Tunnel {
  readonly api: Routes;
  readonly relay: RelayProgram;
  readonly node: NodeProgram;
  /** Where plain programs reach the API: `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly programs: Readonly<Record<"relay" | "node" | "connect", Program>>;
}

export async function startTunnel(atTheEnd: AtTheEnd): Promise<Tunnel> {
  const api = await startRoutes(atTheEnd);
  const relay = await startRelayProgram(atTheEnd);
  const node = await startNodeProgram(atTheEnd, { relay: relay.origin, api: api.origin });
  const connect = await startConnectProgram(atTheEnd, [await node.link()]);
  const programs = { relay: relay.program, node: node.program, connect: connect.program };
  return { api, relay, node, origin: connect.origin, programs };
}

/** Runs `work` and gives how much more memory each program has held meanwhile than before, at most, in bytes. */
export async function growthDuring(
  { programs }: Pick<Tunnel, "programs">,
  work: () => Promise<unknown>,
): Promise<Readonly<Record<string, number>>> {
  const names = ["relay", "node", "connect"] as const;
  const held = async (name: (typeof names)[number]) => (await programs[name].memory()) ?? 0;
  const before = await Promise.all(names.map(held));
  const growth = names.map(() => 0);
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      for (const [i, name] of names.entries()) {
        growth[i] = Math.max(growth[i] ?? 0, (await held(name)) - (before[i] ?? 0));
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await watching;
  }
  return Object.fromEntries(names.map((name, i) => [name, growth[i] ?? 0]));
}

const LOOK_MS = 20;
