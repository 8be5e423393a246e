/** What a person brought: a link from this relay or another one, a code, or something else. Nothing of it is repeated. */
import { readPairingOffer } from "#shared/client/pairing-offer.ts";
import { parseRelayAddress } from "#shared/client/relay-address.ts";
import { type PairTrouble, pairTroubleOf } from "../view/pair-trouble.ts";

export type Offer =
  /** `text` is what the client library pairs with. `nodeId` is there for a link. */
  | { readonly kind: "offer"; readonly text: string; readonly nodeId?: string }
  /** The page of the relay that the link is for. */
  | { readonly kind: "elsewhere"; readonly host: string; readonly link: string }
  | { readonly kind: "none"; readonly trouble: PairTrouble; readonly code: string };

/** `relay` is where this page came from. */
export function readOffer(text: string, relay: string): Offer {
  const offer = readPairingOffer(text, { defaultRelay: relay });
  if (!("kind" in offer)) {
    const looksLikeLink = offer.code === "bad_code" && /#P2\b/i.test(text);
    return {
      kind: "none",
      trouble: looksLikeLink ? "mangled_link" : pairTroubleOf(offer.code, true),
      code: offer.code,
    };
  }
  if (offer.relay.url !== parseRelayAddress(relay)?.url) {
    return { kind: "elsewhere", host: new URL(offer.relay.url).host, link: text.trim() };
  }
  return offer.kind === "link"
    ? { kind: "offer", text: text.trim(), nodeId: offer.link.nodeId }
    : { kind: "offer", text: text.trim() };
}

/** Whether a page's fragment wants to be a pairing link; anything else is dropped without a word. */
export function isLinkFragment(fragment: string): boolean {
  return /^#P\d+(\.|$)/i.test(fragment);
}
