/** Every accepted socket of the relay, from its first turn to its end: counted, kept alive, and found at shutdown. */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Clock } from "./clock.ts";
import { Heartbeat } from "./heartbeat.ts";
import { IntakeBudget } from "./intake.ts";
import { MAX_QUEUED_TOTAL_BYTES, MAX_UNFINISHED_TOTAL_BYTES } from "./limits.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { OutputBudget } from "./output-budget.ts";
import type { PeerListener } from "./peer.ts";
import { PeerSocket, type Traffic } from "./peer-socket.ts";

/** A socket fresh from its handshake. */
export interface Accepted {
  readonly ws: WebSocket;
  readonly stream: Duplex;
  readonly address: string;
}

export class Peers {
  readonly all = new Set<PeerSocket>();
  readonly budget = new OutputBudget(MAX_QUEUED_TOTAL_BYTES);
  readonly intakeBudget: IntakeBudget;
  private readonly clock: Clock;
  private readonly metrics: Metrics;
  private past: Traffic = { received: 0, sent: 0 };
  private readonly heartbeat: Heartbeat;

  constructor(options: { clock: Clock; metrics: Metrics; maxUnfinishedBytes?: number }) {
    this.metrics = options.metrics;
    this.clock = options.clock;
    this.intakeBudget = new IntakeBudget(options.maxUnfinishedBytes ?? MAX_UNFINISHED_TOTAL_BYTES);
    this.heartbeat = new Heartbeat(options.clock);
  }

  start(): void {
    this.heartbeat.start();
  }

  stop(): void {
    this.heartbeat.stop();
  }

  create({ ws, stream, address }: Accepted, maxQueuedBytes: number): PeerSocket {
    const { clock, budget, intakeBudget } = this;
    return new PeerSocket({ ws, stream, clock, address, budget, intakeBudget, maxQueuedBytes });
  }

  /** Hands a socket to its owner, in the turn in which it was accepted. */
  attach(peer: PeerSocket, listener: PeerListener): void {
    this.all.add(peer);
    this.heartbeat.add(peer);
    peer.listen(listener, this.gone);
  }

  private readonly gone = (peer: PeerSocket): void => {
    this.all.delete(peer);
    this.past = sum(this.past, peer.traffic);
    this.heartbeat.remove(peer);
  };

  /** Bytes of all sockets, of those that are gone too. */
  traffic(): Traffic {
    let total = this.past;
    for (const peer of this.all) total = sum(total, peer.traffic);
    return total;
  }

  /** Tells a socket that it is not wanted, and why. */
  refuse(accepted: Accepted, code: number, reason: string): void {
    this.metrics.refused(reason);
    const peer = this.create(accepted, 0);
    this.attach(peer, NOBODY);
    peer.close(code, reason);
  }
}

function sum(one: Traffic, other: Traffic): Traffic {
  return { received: one.received + other.received, sent: one.sent + other.sent };
}

const NOBODY: PeerListener = { message: () => undefined, closed: () => undefined };
