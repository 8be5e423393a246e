/**
 * Why a stream was reset (protocol section 4): the number that stands in a RESET frame, and the name used in
 * code. A number nobody knows reads as `internal`, so that new ones can be added without breaking old peers.
 */
const RESET_CODES = {
  /** After END alone: "stop sending, what you got is good". Every other code discards the stream. */
  done: 0,
  /** Nothing was done with the request: too many streams, the channel drains, or the device is not paired yet. */
  refused: 1,
  /** Whoever asked no longer wants it. */
  cancelled: 2,
  /** The sender could not deliver the rest: what arrived is not whole. */
  truncated: 3,
  /** A fault of the sender of this RESET. */
  internal: 4,
  /** The peer broke the rules of the exchange, in a way that spares the channel. */
  protocol: 5,
  /** No progress for too long. */
  timeout: 6,
  /** A head, message or body above what the sender of this RESET can take. */
  too_large: 7,
  /** The local API does not answer: not running, refused, no such host. */
  unreachable: 8,
  /** The device was revoked, or the node does not know it. What the owner's rules forbid is answered with 403. */
  denied: 9,
} as const;

export type ResetCode = keyof typeof RESET_CODES;

/** The codes that discard a stream: all but `done`, which is asked for with `stop()`. */
export type FailureCode = Exclude<ResetCode, "done">;

const NAMES = new Map<number, ResetCode>(
  Object.entries(RESET_CODES).map(([name, number]) => [number, name as ResetCode]),
);

/** The number a code has on the wire. */
export function resetNumber(code: ResetCode): number {
  return RESET_CODES[code];
}

/** The code for a number from the wire; `internal` for one from the future. */
export function resetCode(number: number): ResetCode {
  return NAMES.get(number) ?? "internal";
}
