/** What a client of protocol 1 is told whose session is not known here: that it is over is said only where that is sure. */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { Elsewhere } from "../elsewhere/elsewhere.ts";
import type { WhyUnknown } from "../elsewhere/session-replica.ts";

interface Refusal {
  readonly code: number;
  readonly reason: string;
}

const REFUSALS: Readonly<Record<WhyUnknown, Refusal>> = {
  nowhere: { code: CLOSE.DENIED, reason: "bad_token" },
  unheard: { code: CLOSE.RELAY_RESTARTING, reason: "relay_restarting" },
  no_room: { code: CLOSE.RATE_LIMITED, reason: "relay_full" },
};

/** `digest` is the sha256 of its token. */
export function unknownSession(elsewhere: Elsewhere | undefined, digest: Buffer): Refusal {
  return REFUSALS[elsewhere?.sessions.whyUnknown(digest) ?? "nowhere"];
}
