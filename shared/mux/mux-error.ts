/** What goes wrong in the stream layer. Ends of streams and channels are events, not errors of this kind. */

export type MuxErrorCode =
  /** The peer broke the protocol. Only decoders throw it; the muxer turns it into the end of the channel. */
  | "protocol"
  /** The peer sends more than any honest one would: the channel ends with `busy`. */
  | "flood"
  /** A head, header or trailer that HTTP does not allow, handed in by this end's own code. */
  | "bad_head"
  /** A head that does not fit one record, or has too many headers. */
  | "head_too_large"
  /** A WebSocket message above 16 MiB, or a close reason above 123 bytes. */
  | "message_too_large"
  /** A call in the wrong order, such as `write` after `end`: a bug in the caller. */
  | "wrong_state";

export class MuxError extends Error {
  override readonly name = "MuxError";
  readonly code: MuxErrorCode;

  constructor(code: MuxErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}
