/**
 * Redeeming a code (protocol section 1): from its text to a token, in one step without a pause in which a second
 * redeemer could come between. A code whose node is away, or that can get no session, is not used up.
 */
import { parseTypedCode } from "#shared/protocol/pairing-code.ts";
import { nodeOrigin } from "./node-origin.ts";
import type { RelayState } from "./relay-state.ts";
import type { Session } from "./sessions.ts";

export type Redeemed =
  | { readonly ok: true; readonly token: string; readonly session: Session }
  | {
      readonly ok: false;
      readonly reason: "wrong_code" | "exposed_code" | "node_offline" | "too_many_sessions";
    };

/** Takes the offer that `code` means, for the client at `peer`. Exactly one caller gets a token for it. */
export function redeem(relay: RelayState, code: string, peer: string): Redeemed {
  const { offers, hub, sessions } = relay;
  const offer = offers.find(code);
  if (offer === undefined)
    return { ok: false, reason: isExposed(relay, code) ? "exposed_code" : "wrong_code" };
  const node = hub.get(offer.nodeId);
  if (node === undefined || nodeOrigin(node) !== offer.origin) return { ok: false, reason: "node_offline" };
  const created = sessions.create(offer.nodeId, peer, offer.origin);
  if (created === undefined) return { ok: false, reason: "too_many_sessions" };
  offers.take(offer);
  node.codeRedeemed(created.session, offer);
  return { ok: true, ...created };
}

/**
 * Whether `code` is a typed code of protocol 2 that some node offers. Its secret half has now been shown to this
 * relay, so the offer is over and its node is told (protocol section 6).
 */
function isExposed({ routes, hub }: RelayState, code: string): boolean {
  const route = parseTypedCode(code)?.route;
  const exposed = route === undefined ? undefined : routes.expose(route);
  if (route === undefined || exposed === undefined) return false;
  hub.get(exposed.nodeId)?.offerExposed(route);
  return true;
}
