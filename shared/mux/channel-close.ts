/**
 * Why a channel ended. The code in CONTROL close is authoritative, because it came encrypted from the other end
 * (protocol section 9); the code of the link below is a hint from whoever carries it.
 */
import type { LinkClose } from "#shared/link.ts";

const CHANNEL_CLOSE_CODES = [
  "bye",
  "rehandshake",
  "revoked",
  "denied",
  "busy",
  "full",
  "protocol",
  "internal",
] as const;

/** The codes of CONTROL close. */
export type ChannelCloseCode = (typeof CHANNEL_CLOSE_CODES)[number];

export interface ChannelClose {
  /** `cut`: the link ended and nobody said why inside it. Never on the wire. */
  readonly code: ChannelCloseCode | "cut";
  /** For logs and support. From a peer it is at most 1,024 UTF-16 units of text. */
  readonly reason: string;
  /** Who ended it: this end, the authenticated peer, or whatever carries the link. */
  readonly by: "local" | "peer" | "link";
  /** What the link said, when it was the link. A hint only. */
  readonly link?: LinkClose;
}

/** Reads a code from the wire; one from the future counts as `internal`. */
export function channelCloseCode(value: unknown): ChannelCloseCode {
  return CHANNEL_CLOSE_CODES.find((code) => code === value) ?? "internal";
}
