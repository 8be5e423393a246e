/**
 * One exchange inside a channel, as proxies and clients use it (protocol section 4, "Streams"): a request head,
 * a response head, and bytes or WebSocket messages both ways under credit. The interface is push, with one
 * listener and no promises, so that a Node proxy pays nothing for it and a WebStream can be built on it.
 *
 * Order of events: `response` (client) first; then `data` or `message`s; then at most one `end`; `reset` instead
 * of what is missing. After `reset` or `finished` nothing comes. Events come from inside the muxer's turn, and a
 * listener may call anything on its stream or muxer from within one.
 */
import type { HeaderPairs, RequestHead, ResponseHead } from "./heads.ts";
import type { FailureCode } from "./reset-codes.ts";

export interface StreamReset {
  /** `cut`: the channel ended under the stream (local, never on the wire). What arrived is not whole. */
  readonly code: FailureCode | "cut";
  /** For logs. From the peer: text of at most 1,024 bytes. For `cut`: the channel's close code. */
  readonly reason: string;
}

export interface StreamListener {
  /** Client side only, once: the head of the answer. It can come before the request body has ended. */
  response?(head: ResponseHead): void;
  /**
   * Body bytes, at least one. The chunk belongs to the listener from here on. Call `consumed(chunk.length)` when
   * it is really gone (written and drained, or read by the application): that alone lets the peer send more.
   */
  data(chunk: Uint8Array): void;
  /**
   * One whole WebSocket message, after a 101. Text is UTF-8 that nobody has checked yet. Call `consumed(cost)`
   * when it is gone; `cost` is a little more than its length.
   */
  message?(bytes: Uint8Array, isText: boolean, cost: number): void;
  /** The peer closed the WebSocket; `end` follows. 1005 when it gave no code. */
  messageClose?(code: number, reason: string): void;
  /** The peer's direction is complete: everything has been delivered. */
  end(trailers: HeaderPairs | undefined): void;
  /** The stream failed or was cut. Both directions are over, and nothing that came may pass for whole. */
  reset(reset: StreamReset): void;
  /** After `write` or `sendMessage` returned false: there is room again. */
  writable(): void;
  /** After `end`: the peer wants no more of what this side sends (RESET `done`). Stop writing; all is well. */
  stopped?(): void;
  /** Both directions are complete and nothing more happens. All that was written is on its way, but for `stopped`. */
  finished?(): void;
}

export interface MuxStream {
  /** Its number on the wire; 0 on the client until the request has been sent. */
  readonly id: number;
  /** Bytes written that have not been put into a record. */
  readonly bufferedBytes: number;
  /** False once the stream is reset or both directions are complete: writing is then ignored. */
  readonly isOpen: boolean;

  /**
   * Queues body bytes; the chunk must not be changed afterwards (it is copied when a record is built). An empty
   * chunk is nothing. Returns false when enough is buffered (128 KiB by default): stop until `writable`.
   * On a stream that is over it does nothing and returns false. Throws `wrong_state` after `end`, on a WebSocket,
   * and on the node before `respond`.
   */
  write(chunk: Uint8Array): boolean;
  /**
   * Completes this direction after what is buffered. On the node it needs `respond` first. Ignored when the
   * stream is over or this was done before. Throws `bad_head` or `head_too_large` for trailers HTTP forbids.
   */
  end(trailers?: HeaderPairs): void;
  /**
   * After `end`: tells the peer to stop sending, what it got is good (RESET `done`, sent after END). Whatever
   * still comes is discarded. Does nothing when the peer has ended. Throws `wrong_state` before `end`.
   */
  stop(): void;
  /**
   * Gives up both directions at once; what is buffered is dropped, and no event follows. `reason` is cut to
   * 1,024 bytes and must hold no secret. On a stream that is over it only forgets what was not consumed.
   */
  reset(code: FailureCode, reason?: string): void;
  /**
   * Returns credit for `bytes` that `data` or `message` delivered. Also wanted after `end`, because undelivered
   * bytes count against the channel's memory. Ignored after a reset. Throws `wrong_state` above what is held.
   */
  consumed(bytes: number): void;

  /** Queues one WebSocket message of at most 16 MiB, split as needed. Like `write`; only after a 101. */
  sendMessage(bytes: Uint8Array, isText: boolean): boolean;
  /** Closes the WebSocket in this direction and ends it. Code 1000 to 4999, default 1005; reason ≤ 123 bytes. */
  sendMessageClose(code?: number, reason?: string): void;
}

/** The node's side of a stream. */
export interface NodeStream extends MuxStream {
  readonly request: RequestHead;
  /**
   * Sends the head of the answer, once. May come before the request body has ended. Throws `bad_head`,
   * `head_too_large` or `wrong_state`, and then has sent nothing; on a stream that is over it does nothing.
   */
  respond(head: ResponseHead): void;
}
