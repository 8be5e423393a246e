/** Every accepted socket of the relay, from its first turn to its end: counted, kept alive, and found at shutdown. */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { AddressCount } from "./address-count.ts";
import { isOwnMachine } from "./client-address.ts";
import type { Clock } from "./clock.ts";
import type { RelayConfig } from "./config.ts";
import { Heartbeat } from "./heartbeat.ts";
import { IntakeBudget } from "./intake.ts";
import { MAX_QUEUED_TOTAL_BYTES, MAX_UNFINISHED_TOTAL_BYTES } from "./limits.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { OutputBudget } from "./output-budget.ts";
import { AddressPaces, Pace } from "./pace.ts";
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
  /** Sockets of each address. */
  readonly perAddress: AddressCount;
  private readonly clock: Clock;
  private readonly addressPaces: AddressPaces | undefined;
  private readonly nodeBytesPerSecond: number;
  private readonly metrics: Metrics;
  private past: Traffic = { received: 0, sent: 0 };
  private readonly heartbeat: Heartbeat;

  constructor(options: {
    clock: Clock;
    metrics: Metrics;
    config: Pick<RelayConfig, "maxSocketsPerAddress" | "nodeBytesPerSecond" | "addressBytesPerSecond">;
    maxUnfinishedBytes?: number;
  }) {
    const { maxSocketsPerAddress, nodeBytesPerSecond, addressBytesPerSecond } = options.config;
    this.perAddress = new AddressCount({
      max: Number.POSITIVE_INFINITY,
      maxPerAddress: maxSocketsPerAddress === 0 ? Number.POSITIVE_INFINITY : maxSocketsPerAddress,
    });
    this.nodeBytesPerSecond = nodeBytesPerSecond;
    if (addressBytesPerSecond > 0) {
      this.addressPaces = new AddressPaces(() => this.pace("address", addressBytesPerSecond));
    }
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
    this.perAddress.change(peer.address, 1);
    const pace = this.pacesOf(peer)?.enter(peer.address);
    if (pace !== undefined) peer.paceBy(pace);
    this.heartbeat.add(peer);
    peer.listen(listener, this.gone);
  }

  /** The socket of a node, whose clients all pass through it. */
  attachNode(peer: PeerSocket, listener: PeerListener): void {
    this.attach(peer, listener);
    if (this.nodeBytesPerSecond > 0) peer.paceBy(this.pace("node", this.nodeBytesPerSecond));
  }

  /** This machine's own programs, or a proxy that nobody said to trust, are not one address. */
  private pacesOf(peer: PeerSocket): AddressPaces | undefined {
    return isOwnMachine(peer.address) ? undefined : this.addressPaces;
  }

  private pace(of: "node" | "address", bytesPerSecond: number): Pace {
    return new Pace({ bytesPerSecond, now: this.clock.now(), held: () => this.metrics.heldBack(of) });
  }

  private readonly gone = (peer: PeerSocket): void => {
    this.all.delete(peer);
    this.perAddress.change(peer.address, -1);
    this.pacesOf(peer)?.leave(peer.address);
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
