/**
 * A client of protocol 2 whose node is at another instance: it is handed over whole, to a socket of its own there, and
 * what it sends and gets passes through here unread. It is held back until the holder has said its first word.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { Clock } from "../clock.ts";
import type { Cluster, ClusterKey, Link, LinkEnd, LinkListener } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import { PacedLink } from "../elsewhere/paced-link.ts";
import type { Peer } from "../peer.ts";

export type HandOverResult = "handed_over" | "nobody" | "unreachable";

export class HandedOver implements LinkListener {
  private readonly peer: Peer;
  private readonly cluster: Cluster;
  private readonly clock: Clock;
  private readonly proved: () => void;
  /** What came before there was a link. It is not read meanwhile, so that is what one read brought. */
  private early: { readonly data: Buffer; readonly isBinary: boolean }[] = [];
  private readonly paced: PacedLink;
  private isOver = false;

  constructor(options: {
    peer: Peer;
    cluster: Cluster;
    clock: Clock;
    /** The holder has answered. */
    proved: () => void;
  }) {
    this.peer = options.peer;
    this.paced = new PacedLink(options.peer);
    this.cluster = options.cluster;
    this.clock = options.clock;
    this.proved = options.proved;
  }

  /** Hands the client to whoever holds `key`, with its `open`. It is over when nobody does. */
  async begin(key: ClusterKey, open: Buffer): Promise<HandOverResult> {
    const { peer } = this;
    peer.pause("admission");
    this.early.push({ data: open, isBinary: false });
    let link: Link | undefined;
    try {
      link = await this.cluster.open(key, { kind: "v2_client", address: peer.address }, this);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      return "unreachable";
    }
    if (link === undefined) return "nobody";
    if (this.isOver) {
      link.end();
      return "handed_over";
    }
    this.paced.set(link);
    for (const { data, isBinary } of this.early) link.send(data, isBinary);
    this.early = [];
    return "handed_over";
  }

  /** Of the client's socket. */
  fromClient(data: Buffer, isBinary: boolean): void {
    const link = this.paced.current;
    if (link === undefined) this.early.push({ data, isBinary });
    else link.send(data, isBinary);
  }

  /** The client's socket takes no more for now. */
  hold(): void {
    this.paced.hold();
  }

  release(): void {
    this.paced.release();
  }

  /** The client is gone. */
  end(): void {
    this.isOver = true;
    this.early = [];
    this.paced.end();
  }

  message(data: Buffer, isBinary: boolean): void {
    this.proved();
    this.peer.resume("admission");
    if (isBinary) this.peer.sendBinary(data);
    else this.peer.sendText(data);
  }

  congested(): void {
    this.paced.congested();
  }

  drained(): void {
    this.paced.drained();
  }

  closed(end: LinkEnd): void {
    this.isOver = true;
    this.paced.gone();
    if (end.how === "lost") this.peer.close(CLOSE.RELAY_RESTARTING, "relay_restarting");
    else if (end.cut) this.peer.cut(this.clock, end.code, end.reason);
    else this.peer.close(end.code, end.reason);
  }
}
