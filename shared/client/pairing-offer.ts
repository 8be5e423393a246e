/**
 * What a person hands over to pair: a link, or a code and a relay. Reading it says precisely what is wrong with what was
 * given, without repeating it, because it may be a secret.
 */
import { parsePlaintextCode, parseTypedCode, type TypedCode } from "#shared/protocol/pairing-code.ts";
import { type PairingLink, parsePairingLink } from "#shared/protocol/pairing-link.ts";
import type { Problem } from "./problem.ts";
import { parseRelayAddress, type RelayAddress } from "./relay-address.ts";

export type PairingOffer =
  | { readonly kind: "link"; readonly link: PairingLink; readonly relay: RelayAddress }
  | { readonly kind: "code"; readonly code: TypedCode; readonly relay: RelayAddress };

export interface OfferContext {
  /** The relay that was named explicitly: it wins over the one in a link. */
  readonly relay?: string | undefined;
  /** The relay for codes and bare fragments when none was named. */
  readonly defaultRelay?: string | undefined;
}

/** The offer, or why the text is none. */
export function readPairingOffer(text: string, context: OfferContext): PairingOffer | Problem {
  const trimmed = text.trim();
  const named = context.relay === undefined ? undefined : parseRelayAddress(context.relay);
  if (context.relay !== undefined && named === undefined) return { code: "no_relay" };
  const fallback = context.defaultRelay === undefined ? undefined : parseRelayAddress(context.defaultRelay);

  const link = parsePairingLink(trimmed);
  if (link !== undefined) {
    const own = link.relayUrl === undefined ? undefined : parseRelayAddress(link.relayUrl);
    const relay = named ?? own ?? fallback;
    return relay === undefined ? { code: "no_relay" } : { kind: "link", link, relay };
  }
  if (/#P\d+\./i.test(trimmed) && !/#P2\./i.test(trimmed)) return { code: "old_link" };

  const code = parseTypedCode(trimmed);
  if (code !== undefined) {
    const relay = named ?? fallback;
    return relay === undefined ? { code: "no_relay" } : { kind: "code", code, relay };
  }
  return { code: parsePlaintextCode(trimmed) === undefined ? "bad_code" : "plaintext_code" };
}
