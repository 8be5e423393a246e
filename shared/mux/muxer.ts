/**
 * Many streams over one link of record plaintexts (protocol section 4). A muxer splits and joins inner frames,
 * keeps credit, shares the link fairly, and ends the whole channel when the peer breaks the protocol. It knows
 * nothing of encryption, sockets or what HTTP means. `createClientMuxer` and `createNodeMuxer` (create-muxer.ts) make one.
 */
import type { Link } from "#shared/link.ts";
import type { ChannelClose, ChannelCloseCode } from "./channel-close.ts";
import type { MuxClock } from "./clock.ts";
import type { RequestHead } from "./heads.ts";
import type { MuxStream, NodeStream, StreamListener } from "./stream.ts";
import type { ParentBudget } from "./window-budget.ts";

/** A CONTROL message. The muxer itself understands `close` and `drain` alone. */
export interface ControlMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface MuxerHandlers {
  /** Every CONTROL message but `close` and `drain`, also of unknown types (ignore those). Not validated. */
  control?(message: ControlMessage): void;
  /** The peer drains: open new streams on another channel. Old ones may finish. */
  draining?(): void;
  /** One of the two ends drains, and the last stream is gone: time to `close("bye")`. */
  drained?(): void;
  /** The channel is over, once. Every stream was reset (`cut`) before. */
  closed(close: ChannelClose): void;
  /** A listener or handler threw: its stream was reset `internal`. A bug to report, not a state to handle. */
  fault?(error: unknown): void;
}

export interface NodeMuxerHandlers extends MuxerHandlers {
  /** A request came. Returns who listens to it, at once; the answer may take its time. */
  stream(stream: NodeStream): StreamListener;
}

/** What may differ between deployments. The windows a channel starts with are part of the protocol and may not. */
export interface MuxerSettings {
  /** Build records only while less than this waits in the link. Default 256 KiB. */
  readonly linkQueueBytes?: number;
  /** `write` returns false from here on. Default 128 KiB a stream. */
  readonly streamBufferBytes?: number;
  /** How far the channel window may grow: the relay's `limits.channel_buffer`. Default and maximum 8 MiB. */
  readonly channelBufferBytes?: number;
}

export interface MuxerOptions<Handlers extends MuxerHandlers> {
  readonly link: Link<Uint8Array>;
  readonly handlers: Handlers;
  readonly settings?: MuxerSettings;
  /** Runs a function soon, once, in a later turn. Default: `setImmediate`, else a message channel. */
  readonly schedule?: (run: () => void) => void;
  readonly clock?: MuxClock;
  /** Bounds what this channel and others may be granted together. */
  readonly budget?: ParentBudget;
}

/** What both ends can do. */
export interface Muxer {
  /** Streams that are open on the wire, at most 128. */
  readonly openStreams: number;
  /** True once either end has sent `drain`. */
  readonly isDraining: boolean;
  /** Smallest round trip seen, in milliseconds; undefined before the first. */
  readonly roundTripMs: number | undefined;
  /** Starts delivery of what the link receives. Once, after the handlers are ready. Sending may begin before. */
  start(): void;
  /** Sends a CONTROL message, before anything that waits. At most 63,480 bytes of JSON, else `message_too_large`. */
  sendControl(message: ControlMessage): void;
  /** Asks the peer for a sign of life: the round trip in milliseconds, or undefined when none came in time. */
  ping(deadlineMs: number): Promise<number | undefined>;
  /** Announces that no new streams are wanted. Idempotent. */
  drain(): void;
  /** Resets every stream, sends CONTROL close, and closes the link. Idempotent. `reason` holds no secret. */
  close(code: ChannelCloseCode, reason?: string): void;
}

/** Why no stream was opened: 128 are open (or their data is not consumed), the channel drains, or it is over. */
export type OpenRefusal = "busy" | "draining" | "closed";

export interface ClientMuxer extends Muxer {
  /** Sends a request. Throws `bad_head` or `head_too_large` for a head that cannot be sent. */
  openStream(request: RequestHead, listener: StreamListener): MuxStream | OpenRefusal;
}

/** Streams come through `handlers.stream`. */
export type NodeMuxer = Muxer;
