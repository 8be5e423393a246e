/** Three relays as processes, a real bus between them and a balancer in front, with an API and nodes inside the test. */
import { join } from "node:path";
import { startBalancer } from "../support/balancer.ts";
import { checkout } from "../support/checkout.ts";
import { type CoreNode, type CoreNodeOptions, startCoreNode } from "../support/core-node.ts";
import type { AtTheEnd } from "../support/endings.ts";
import { type NatsServer, startNats } from "../support/nats.ts";
import { startProgram } from "../support/program.ts";
import { isReady, type RelayInstance, startRelayCluster } from "../support/relay-cluster.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { until } from "../support/until.ts";

const INSTANCES = 3;

export interface ClusterStage {
  readonly nats: NatsServer;
  readonly relays: readonly [RelayInstance, RelayInstance, RelayInstance];
  /** Each relay by its own address, and the balancer. */
  readonly doors: readonly string[];
  /** `http://` origin. */
  readonly balancer: string;
  /** Where the balancer would ask about certificates. */
  readonly ask: string;
  readonly api: Routes;
  /** A node that reaches its relay by this door, and shows a link. */
  node(door: string, options?: Partial<CoreNodeOptions>): Promise<CoreNode>;
  /** Resolves when every relay says that it is ready. */
  allReady(): Promise<void>;
}

export const PAIR_TTL_SEC = 30;

/** Once, before several relays would do it at the same moment. */
async function builtRelay(): Promise<string> {
  const build = startProgram(process.execPath, [join(checkout, "esbuild.config.mjs"), "build", "relay"]);
  if ((await build.exited) !== 0) throw new Error(`the relay was not built:\n${build.lines.join("\n")}`);
  return join(checkout, "dist", "relay.mjs");
}

export async function startClusterStage(atTheEnd: AtTheEnd): Promise<ClusterStage> {
  const relay = await builtRelay();
  const nats = await startNats(atTheEnd, { token: "s3cret" });
  const relays = await startRelayCluster(atTheEnd, {
    count: INSTANCES,
    natsUrl: () => nats.url,
    env: { ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "0", ORA_RELAY_PAIR_TTL_SEC: String(PAIR_TTL_SEC) },
    command: process.execPath,
    args: [relay],
  });
  const [first, second, third] = relays;
  if (first === undefined || second === undefined || third === undefined) throw new Error("too few");
  const balancer = await startBalancer(atTheEnd, relays);
  const api = await startRoutes(atTheEnd);
  const allReady = () =>
    until("every relay was ready", async () => (await Promise.all(relays.map(isReady))).every(Boolean));
  await allReady();
  return {
    nats,
    relays: [first, second, third],
    doors: [...relays.map(({ origin }) => origin), balancer.origin],
    balancer: balancer.origin,
    ask: balancer.ask,
    api,
    allReady,
    async node(door, options = {}) {
      const core = await startCoreNode({ relay: door, api: api.origin, ...options });
      atTheEnd(() => core.node.stop());
      await core.link();
      return core;
    },
  };
}
