/**
 * The requests of one client of protocol 1 whose node is at another instance. The client stays here; its requests pass
 * over a link to a socket of its own there, opened with the first of them and kept until the node leaves that instance.
 */
import type { RequestId } from "#shared/protocol/v1/messages.ts";
import type { Cluster, ClusterKey, Link, LinkEnd, LinkListener } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import { PacedLink } from "../elsewhere/paced-link.ts";
import type { Peer } from "../peer.ts";
import { GUEST_LEAVES_CODE, takenByReason } from "./guest-leaves.ts";

/** Whose requests they are. */
export interface AwayClient {
  /** An answer. */
  deliver(answer: string | Buffer): void;
  /** Nobody has its node. */
  nodeAway(id: RequestId | undefined): void;
  /** It cannot be known what became of its requests. */
  lost(): void;
  /** The other instance ends it. */
  ended(code: number, reason: string, cut: boolean): void;
}

interface Waiting {
  readonly raw: Buffer;
  readonly id: RequestId | undefined;
}

export class RequestsElsewhere implements LinkListener {
  private readonly peer: Peer;
  private readonly cluster: Cluster;
  private readonly key: ClusterKey;
  private readonly session: string;
  private readonly client: AwayClient;
  private readonly paced: PacedLink;
  /** Requests over this link. */
  private passed = 0;
  /** Requests that came while a link is being opened. The client is not read meanwhile, so that is what one read brought. */
  private waiting: Waiting[] | undefined;
  private isOver = false;

  /** `session` is the hash of its token in hex. */
  constructor(options: {
    peer: Peer;
    cluster: Cluster;
    key: ClusterKey;
    session: string;
    client: AwayClient;
  }) {
    this.peer = options.peer;
    this.paced = new PacedLink(options.peer);
    this.cluster = options.cluster;
    this.key = options.key;
    this.session = options.session;
    this.client = options.client;
  }

  /** Passes a request on, as it came. */
  request(raw: Buffer, id: RequestId | undefined): void {
    const link = this.paced.current;
    if (link !== undefined) this.pass(link, raw);
    else if (this.waiting !== undefined) this.waiting.push({ raw, id });
    else {
      this.waiting = [{ raw, id }];
      void this.begin();
    }
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
    this.waiting = undefined;
    this.paced.end();
  }

  message(data: Buffer, isBinary: boolean): void {
    if (!isBinary) this.client.deliver(data);
  }

  congested(): void {
    this.paced.congested();
  }

  drained(): void {
    this.paced.drained();
  }

  closed(end: LinkEnd): void {
    this.paced.gone();
    if (end.how === "lost") this.client.lost();
    else if (end.code !== GUEST_LEAVES_CODE) this.client.ended(end.code, end.reason, end.cut);
    // Its node left there: what was taken has failed by now, and the next request looks for the node again. One that was
    // on its way meanwhile nobody answers.
    else if (takenByReason(end.reason) !== this.passed) this.client.lost();
  }

  private pass(link: Link, raw: Buffer): void {
    // One that the link takes no more is not taken there either.
    link.send(raw, false);
    this.passed += 1;
  }

  private async begin(): Promise<void> {
    this.peer.pause("admission");
    let link: Link | undefined;
    try {
      const hello = { kind: "v1_client", address: this.peer.address, session: this.session } as const;
      link = await this.cluster.open(this.key, hello, this);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      if (!this.isOver) this.client.lost();
      return;
    }
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    if (this.isOver) {
      link?.end();
      return;
    }
    if (link !== undefined) this.paced.set(link);
    this.passed = 0;
    for (const { raw, id } of waiting) {
      if (link === undefined) this.client.nodeAway(id);
      else this.pass(link, raw);
    }
    this.peer.resume("admission");
  }
}
