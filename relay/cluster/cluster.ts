/**
 * One relay among several: what the rest of the relay knows of the other instances. A relay that is alone has no
 * cluster at all. Whoever holds something (a node, an offer) answers for it under a key; a client that landed
 * elsewhere is handed over to the holder by a link, and is served there as if its socket were there.
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { OutputBudget } from "../output-budget.ts";
import type { Peer, PeerListener } from "../peer.ts";

/** Where the bus is and how to log in. All of it is secret: none of it reaches a log or an error. */
export interface ClusterSettings {
  /** `nats://` or `tls://`, several separated by commas, perhaps with `user:password@` or `token@`. */
  readonly url: string;
  /** The text of an nkey seed file. */
  readonly nkeySeed?: string | undefined;
  /** Whom to trust instead of the system's authorities, in PEM. With it the bus must speak TLS. */
  readonly caPem?: string | undefined;
}

/** What one kind of client may make this instance keep, in bytes: the same as where its socket is. */
export interface LinkBounds {
  readonly maxQueuedBytes: number;
  /** Of one whole message, either way. A longer one ends the link. */
  readonly maxMessageBytes: number;
}

/** What `createCluster` (nats-cluster.ts) takes. */
export interface ClusterOptions {
  readonly settings: ClusterSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly budget: OutputBudget;
  readonly bounds: Readonly<Record<LinkHello["kind"], LinkBounds>>;
}

/** The kind of what is looked for, and the sha256 of its name in hex: names never reach the bus. */
export type ClusterKey = `${"node" | "route" | "code"}.${string}`;

/** Who is handed over to the holder of a key. The holder decodes it again: the bus is not trusted to be right. */
export interface LinkHello {
  /** What the socket speaks: a client of protocol 2 that has sent its `open`, or one of protocol 1 with a session. */
  readonly kind: "v2_client" | "v1_client";
  /** The client's address, where it landed. */
  readonly address: string;
  /** v1: sha256 of the token in hex. */
  readonly session?: string;
}

/** What a holder does for its key. */
export interface Holder {
  /** Answers a question of another instance (JSON values both ways, decoded by the holder). */
  answer(question: unknown): unknown | Promise<unknown>;
  /**
   * Takes a client over: returns the listener of its peer, or undefined to refuse. The first message comes afterwards.
   */
  accept?(hello: LinkHello, peer: Peer): PeerListener | undefined;
}

export interface Held {
  /** Resolves when others can find it; at once while the bus is away. Never rejects. */
  readonly known: Promise<void>;
  /** Nobody new finds it. With `answering`, questions that are on the way are answered still, or they wait in vain. */
  release(options?: { readonly answering: boolean }): void;
}

/** The near end of a link: this instance has the socket, the holder of the key serves it. */
export interface Link {
  /** Passes a message of the client on. False when the link is at its end. */
  send(data: Buffer, isBinary: boolean): boolean;
  /** Takes no more from the holder for now (the client's own socket is congested), and again. */
  pause(): void;
  resume(): void;
  /** The client is gone. Nothing is called afterwards. */
  end(): void;
}

export interface LinkListener {
  message(data: Buffer, isBinary: boolean): void;
  /** More waits to be passed on than the holder takes: the client should not be read. */
  congested(): void;
  drained(): void;
  /**
   * The end, exactly once. `lost` when nobody can say any more what became of what was under way (an instance or the
   * bus has gone); otherwise as the holder ended it; with `cut`, what is queued for the client goes too.
   */
  closed(end: LinkEnd): void;
}

export type LinkEnd =
  | { readonly how: "lost" }
  | { readonly how: "closed"; readonly code: number; readonly reason: string; readonly cut: boolean };

export interface Cluster {
  /** This instance's name, made at its start. */
  readonly instance: string;
  /** Whether the bus is there right now. Without it nobody knows what the others hold. */
  readonly isConnected: boolean;
  /**
   * Connects, and keeps trying from then on: resolves with the bus away too, look at `isConnected`.
   * @throws {ClusterError} `cluster_bad_settings` when the settings cannot be used (bad URL, refused login, a
   * certificate that is not trusted). Then nothing is left behind, and no further attempt is made.
   */
  start(): Promise<void>;
  /** Ends every link as lost, releases nothing that the caller holds, and leaves nothing behind. May be repeated. */
  stop(): Promise<void>;
  /** Answers for `key` until it is released. Several holders of one key in this process are a fault of the caller. */
  hold(key: ClusterKey, holder: Holder): Held;
  /**
   * Asks whoever holds `key` elsewhere. Undefined when nobody does.
   * @throws {ClusterError} `cluster_unreachable` when the bus is away or the holder does not answer in time.
   */
  ask(key: ClusterKey, question: object, options?: { timeoutMs?: number }): Promise<unknown>;
  /**
   * Hands a client over to whoever holds `key` elsewhere. Undefined when nobody does, or the holder refuses it.
   * @throws {ClusterError} as `ask`.
   */
  open(key: ClusterKey, hello: LinkHello, listener: LinkListener): Promise<Link | undefined>;
  /** Tells all others something under a topic (a JSON value of 512 KiB at most). Lost while the bus is away. */
  tell(topic: Topic, message: object): void;
  /** Calls `heard` for what others tell. */
  listen(topic: Topic, heard: (message: unknown, from: string) => void): void;
  /** Calls `changed` when the bus comes (again) or goes, and when another instance is first heard of. */
  onChange(changed: (what: ClusterChange) => void): void;
  /** Other instances alive. */
  readonly others: number;
  /** Whether the other instance of this name is alive. */
  isThere(instance: string): boolean;
  /** For the metrics. */
  readonly traffic: ClusterTraffic;
}

export interface ClusterTraffic {
  /** Links that have their near end here, and their far end. */
  readonly links: { readonly near: number; readonly far: number };
  /** Bytes of messages of links, with their headers. */
  readonly sent: number;
  readonly received: number;
  /** What came over the bus and could not be used: unknown, out of order, too long. */
  readonly ignored: number;
}

export type Topic = "sessions" | "attempts" | "take";

export type ClusterChange = "connected" | "disconnected" | "instance_came" | "instance_went";
