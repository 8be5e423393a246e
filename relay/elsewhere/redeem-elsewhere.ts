/**
 * A code that was posted here and is offered at another instance. The holder makes the session, once, for the hash of a
 * token that was made here: neither the code nor the token is on the bus.
 */

import { isFields } from "#shared/protocol/json-fields.ts";
import { parseTypedCode } from "#shared/protocol/pairing-code.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import { codeDigests } from "../offers.ts";
import { type Redeemed, redeemOffer } from "../pairing.ts";
import type { RelayState } from "../relay-state.ts";
import { freshToken } from "../sessions.ts";
import type { AnswerRedeem } from "./code-places.ts";
import { codeKey } from "./place-keys.ts";

/** Exposes the route of a typed code, here or elsewhere. */
export type Expose = (route: string) => Promise<boolean>;

/** Asks the others to redeem `code` for the client at `peer`. Nobody here offers it. */
export async function redeemElsewhere(
  cluster: Cluster,
  { code, peer, expose }: { code: string; peer: string; expose: Expose },
): Promise<Redeemed> {
  const { token, digest } = freshToken();
  const question = { want: "redeem", token: digest.toString("hex"), peer };
  try {
    for (const candidate of codeDigests(code)) {
      const redeemed = redeemedBy(await cluster.ask(codeKey(candidate), question), token);
      if (redeemed !== undefined) return redeemed;
    }
    const route = parseTypedCode(code)?.route;
    const isExposed = route !== undefined && (await expose(route));
    return { ok: false, reason: isExposed ? "exposed_code" : "wrong_code" };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { ok: false, reason: "unreachable" };
  }
}

/** What the holder of an offer says to such a question. */
export function answerRedeem(relay: () => RelayState): AnswerRedeem {
  return (offered, { token, peer }) => {
    if (typeof token !== "string" || !/^[0-9a-f]{64}$/.test(token)) return undefined;
    if (typeof peer !== "string" || peer.length > 64) return undefined;
    const offer = relay().offers.get(offered);
    if (offer === undefined) return undefined;
    const session = redeemOffer(relay(), offer, { peer, digest: Buffer.from(token, "hex") });
    return typeof session === "string" ? { refused: session } : { node: session.nodeId, id: session.id };
  };
}

function redeemedBy(answer: unknown, token: string): Redeemed | undefined {
  if (!isFields(answer)) return undefined;
  const { refused, node, id } = answer;
  if (refused === "node_offline" || refused === "too_many_sessions") return { ok: false, reason: refused };
  if (typeof node !== "string" || typeof id !== "string") return undefined;
  return { ok: true, token, nodeId: node, sessionId: id };
}
