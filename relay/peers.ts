/** Every accepted socket of the relay, from its first turn to its end: counted, kept alive, and found at shutdown. */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Clock } from "./clock.ts";
import { Heartbeat } from "./heartbeat.ts";
import { IntakeBudget } from "./intake.ts";
import { MAX_QUEUED_TOTAL_BYTES, MAX_UNFINISHED_TOTAL_BYTES } from "./limits.ts";
import { OutputBudget } from "./output-budget.ts";
import { type PeerListener, PeerSocket } from "./peer-socket.ts";

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
  private readonly heartbeat: Heartbeat;

  constructor(options: { clock: Clock; maxUnfinishedBytes?: number }) {
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
    peer.listen({
      message: (data, isBinary) => listener.message(data, isBinary),
      congested: () => listener.congested?.(),
      drained: () => listener.drained?.(),
      control: () => listener.control?.(),
      ending: () => listener.ending?.(),
      closed: (code) => {
        this.all.delete(peer);
        this.heartbeat.remove(peer);
        listener.closed(code);
      },
    });
  }

  /** Tells a socket that it is not wanted, and why. */
  refuse(accepted: Accepted, code: number, reason: string): void {
    const peer = this.create(accepted, 0);
    this.attach(peer, NOBODY);
    peer.close(code, reason);
  }
}

const NOBODY: PeerListener = { message: () => undefined, closed: () => undefined };
