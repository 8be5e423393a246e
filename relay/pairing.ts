/**
 * Redeeming a code (protocol section 1): from its text to a token, in one step without a pause in which a second
 * redeemer could come between. A code whose node is away, or that can get no session, is not used up.
 */
import type { RelayState } from "./relay-state.ts";
import type { Session } from "./sessions.ts";

export type Redeemed =
  | { readonly ok: true; readonly token: string; readonly session: Session }
  | { readonly ok: false; readonly reason: "wrong_code" | "node_offline" | "too_many_sessions" };

/** Takes the offer that `code` means, for the client at `peer`. Exactly one caller gets a token for it. */
export function redeem({ offers, hub, sessions }: RelayState, code: string, peer: string): Redeemed {
  const offer = offers.find(code);
  if (offer === undefined) return { ok: false, reason: "wrong_code" };
  const node = hub.get(offer.nodeId);
  if (node === undefined) return { ok: false, reason: "node_offline" };
  const created = sessions.create(offer.nodeId, peer);
  if (created === undefined) return { ok: false, reason: "too_many_sessions" };
  offers.take(offer);
  node.codeRedeemed(created.session, offer);
  return { ok: true, ...created };
}
