/**
 * The seam between a protocol and whatever carries it. A link moves whole messages, in order, until it closes.
 * A WebSocket is one, a pair in memory is one, and so is an encrypted channel on top of either, which is why
 * the stream layer neither knows nor cares what is below it.
 */

/** Why a link ended. `code` is a WebSocket close code (protocol section 9); 1006 when nobody said why. */
export interface LinkClose {
  readonly code: number;
  readonly reason: string;
}

/** Receives what a link delivers. None of the three is called before `listen`, or after `closed`. */
export interface LinkListener<Message> {
  message(message: Message): void;
  /** What was queued has gone out far enough that sending may go on. */
  drained(): void;
  closed(close: LinkClose): void;
}

export interface Link<Message> {
  /** Bytes that were sent and still wait in this process. Senders keep it low, so that they can change their mind. */
  readonly queuedBytes: number;
  /**
   * True: a message is done with when `send` returns, so that its sender may use its memory again. Left out: the link
   * keeps what it is given.
   */
  readonly copies?: boolean;
  /**
   * Memory of exactly `bytes` for the next message, where the link has some that spares it a copy. Either that message is
   * sent next, or the memory is forgotten.
   */
  lend?(bytes: number): Uint8Array | undefined;
  /** Queues a message. On a link that has closed it does nothing: `closed` has told, or is about to. */
  send(message: Message): void;
  /** Ends the link, after what is queued. `reason` is at most 123 bytes of UTF-8 and holds no secret. */
  close(code: number, reason: string): void;
  /** Starts delivery, once. Messages that arrived earlier are kept until then. */
  listen(listener: LinkListener<Message>): void;
}
