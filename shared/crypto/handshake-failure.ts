/** How a channel can fail to come about: names for both ends, values and not exceptions, for each is expected. */

import type { LinkClose } from "#shared/link.ts";
import { CLOSE, type CloseCode } from "#shared/protocol/close-codes.ts";

export type HandshakeFailureName =
  /** The other end, or the relay between, ended the link; `close` says how. */
  | "closed"
  /** Not done within the deadline. */
  | "timeout"
  /** A frame that has no place here, or is too long or too short. */
  | "protocol"
  /** A message that whoever holds the right key or secret would not have sent: another key, a wrong code, a forgery. */
  | "refused"
  /** Node only: the offer was taken, withdrawn or never there. */
  | "offer_gone";

export interface HandshakeFailure {
  readonly ok: false;
  readonly failure: HandshakeFailureName;
  /** What the link was closed with, by us or by them. From the other side it proves nothing. */
  readonly close: LinkClose;
}

/** What this end closes the link with. The code tells a client what to say; nothing secret is in it. */
const CLOSES: Readonly<Record<Exclude<HandshakeFailureName, "closed">, { code: CloseCode; reason: string }>> =
  {
    timeout: { code: CLOSE.TIMEOUT, reason: "no handshake in time" },
    protocol: { code: CLOSE.BAD_REQUEST, reason: "unexpected frame" },
    refused: { code: CLOSE.DENIED, reason: "handshake refused" },
    offer_gone: { code: CLOSE.OFFER_GONE, reason: "offer gone" },
  };

/** The failure of that name, with the close that goes with it. */
export function handshakeFailure(failure: Exclude<HandshakeFailureName, "closed">): HandshakeFailure {
  return { ok: false, failure, close: CLOSES[failure] };
}
