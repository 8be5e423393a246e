/** Instances of a cluster for tests, without the relay around them, and ends of links that remember what came. */
import { createHash } from "node:crypto";
import { systemClock } from "../../clock.ts";
import { createLog } from "../../log.ts";
import { OutputBudget } from "../../output-budget.ts";
import type { Peer, PeerListener } from "../../peer.ts";
import type {
  Cluster,
  ClusterKey,
  ClusterSettings,
  LinkBounds,
  LinkEnd,
  LinkHello,
  LinkListener,
} from "../cluster.ts";
import { createCluster } from "../nats-cluster.ts";

const MIB = 1024 * 1024;

export const HELLO: LinkHello = { kind: "v2_client", address: "192.0.2.7" };

export interface TestInstance {
  readonly cluster: Cluster;
  readonly budget: OutputBudget;
}

export function instance(settings: ClusterSettings, bounds: Partial<LinkBounds> = {}): TestInstance {
  const budget = new OutputBudget(256 * MIB);
  const each = { maxQueuedBytes: 8 * MIB, maxMessageBytes: 4 * MIB, ...bounds };
  const cluster = createCluster({
    settings,
    clock: systemClock,
    log: createLog("silent"),
    budget,
    bounds: { v1_client: each, v2_client: each },
  });
  return { cluster, budget };
}

export function key(kind: "node" | "route" | "code", name: string): ClusterKey {
  return `${kind}.${createHash("sha256").update(name).digest("hex")}`;
}

/** What either end of a link hears. */
class End {
  readonly messages: (string | Buffer)[] = [];
  readonly events: string[] = [];
  heard: ((data: Buffer, isBinary: boolean) => void) | undefined;

  message(data: Buffer, isBinary: boolean): void {
    if (this.heard === undefined) this.messages.push(isBinary ? Buffer.from(data) : data.toString());
    else this.heard(data, isBinary);
  }

  congested(): void {
    this.events.push("congested");
  }

  drained(): void {
    this.events.push("drained");
  }
}

/** The holder's side of a link. */
export class FarEnd extends End implements PeerListener {
  readonly peer: Peer;

  constructor(peer: Peer) {
    super();
    this.peer = peer;
  }

  ending(): void {
    this.events.push("ending");
  }

  closed(code: number): void {
    this.events.push(`closed ${code}`);
  }
}

/** The side of a link where the client's socket is. */
export class NearEnd extends End implements LinkListener {
  readonly ends: LinkEnd[] = [];

  closed(end: LinkEnd): void {
    this.ends.push(end);
  }
}
