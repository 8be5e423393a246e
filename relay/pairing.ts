/**
 * Redeeming a code (protocol section 1): from its text to a token, in one step without a pause in which a second
 * redeemer could come between. A code whose node is away, or that can get no session, is not used up.
 */
import { parseTypedCode } from "#shared/protocol/pairing-code.ts";
import { nodeOrigin } from "./node-origin.ts";
import type { CodeOffer } from "./offers.ts";
import type { RelayState } from "./relay-state.ts";
import { freshToken, type Session } from "./sessions.ts";

export type Refused = "wrong_code" | "exposed_code" | "node_offline" | "too_many_sessions" | "unreachable";

export type Redeemed =
  | { readonly ok: true; readonly token: string; readonly nodeId: string; readonly sessionId: string }
  | { readonly ok: false; readonly reason: Refused };

/** Who redeems: from where, and all that is known of the token that he will have. */
export interface Redeemer {
  readonly peer: string;
  readonly digest: Buffer;
}

/** Takes the offer that `code` means, for the client at `peer`. Exactly one caller gets a token for it. */
export function redeem(relay: RelayState, code: string, peer: string): Redeemed | Promise<Redeemed> {
  const offer = relay.offers.find(code);
  if (offer === undefined) {
    if (relay.elsewhere !== undefined) return relay.elsewhere.redeem(code, peer);
    return { ok: false, reason: isExposed(relay, code) ? "exposed_code" : "wrong_code" };
  }
  const { token, digest } = freshToken();
  const session = redeemOffer(relay, offer, { peer, digest });
  if (typeof session === "string") return { ok: false, reason: session };
  return { ok: true, token, nodeId: session.nodeId, sessionId: session.id };
}

/** Takes an offer that is here. The new session, or why there is none. */
export function redeemOffer(
  { offers, hub, sessions }: RelayState,
  offer: CodeOffer,
  { peer, digest }: Redeemer,
): Session | "node_offline" | "too_many_sessions" {
  const node = hub.get(offer.nodeId);
  if (node === undefined || nodeOrigin(node) !== offer.origin) return "node_offline";
  const session = sessions.create(offer.nodeId, peer, offer.origin, digest);
  if (session === undefined) return "too_many_sessions";
  offers.take(offer);
  node.codeRedeemed(session, offer);
  return session;
}

/**
 * Whether `code` is a typed code of protocol 2 that some node offers here. Its secret half has now been shown to this
 * relay, so the offer is over and its node is told (protocol section 6).
 */
function isExposed(relay: RelayState, code: string): boolean {
  const route = parseTypedCode(code)?.route;
  return route !== undefined && exposeRoute(relay, route);
}

/** Ends the offer of a route whose code was shown, and tells its node. False when there was none. */
export function exposeRoute({ routes, hub }: Pick<RelayState, "routes" | "hub">, route: string): boolean {
  const exposed = routes.expose(route);
  if (exposed === undefined) return false;
  hub.get(exposed.nodeId)?.offerExposed(route);
  return true;
}
