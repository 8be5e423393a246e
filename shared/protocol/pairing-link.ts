/**
 * The pairing link, as a QR code and as text: `https://relay.example/#P2.<route>.<NODE_ID>.<SECRET>` (protocol section
 * 2). Before the fragment stands the relay's address, its base path included. Everything after `#` stays in the reader's browser. Reading one never throws and repeats nothing of it, because
 * the last part is a secret.
 */
import { publicKeyFromNodeId } from "#shared/crypto/node-identity.ts";
import { LINK_SECRET_BYTES } from "#shared/crypto/psk.ts";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import { isLinkRoute } from "./pairing-code.ts";
import { parseRelayUrl } from "./relay-url.ts";

/** Longest text that is looked at, in UTF-16 units: the fragment has 99, the rest is for the relay's address. */
export const MAX_LINK_LENGTH = 512;

const FRAGMENT_VERSION = "P2";

/** What a link offer consists of, without the place it is shown for. */
export interface LinkOffer {
  /** 16 Crockford characters: the part the relay knows. */
  readonly route: string;
  readonly nodeId: string;
  /** 16 bytes: the part it does not. */
  readonly secret: Uint8Array;
}

export interface PairingLink extends LinkOffer {
  /** `http(s)://host[:port][/base]`, or undefined when only the fragment was given. */
  readonly relayUrl: string | undefined;
  /** The key `nodeId` stands for. */
  readonly nodePublicKey: Uint8Array;
}

/**
 * Writes a link.
 * @param relayUrl the relay's public address, `https://relay.example` or `https://example.org/relay`.
 * @throws RangeError for an offer or an address that is none, without repeating it.
 */
export function formatPairingLink(relayUrl: string, offer: LinkOffer): string {
  const { route, nodeId, secret } = offer;
  if (
    !isLinkRoute(route) ||
    publicKeyFromNodeId(nodeId) === undefined ||
    secret.length !== LINK_SECRET_BYTES
  ) {
    throw new RangeError("a link offer needs a link route, a node id and a 16-byte secret");
  }
  const place = parseRelayUrl(relayUrl);
  if (place === undefined) throw new RangeError("a pairing link needs the relay's address");
  // Upper case throughout: QR codes have a compact mode for it.
  const fragment = [FRAGMENT_VERSION, route, nodeId, encodeBase32(secret)].join(".").toUpperCase();
  return `${place}/#${fragment}`;
}

/** Reads a link or its bare fragment (with or without `#`), in either case; undefined when it is anything else. */
export function parsePairingLink(text: string): PairingLink | undefined {
  if (text.length > MAX_LINK_LENGTH) return undefined;
  const trimmed = text.trim();
  const hash = trimmed.indexOf("#");
  const place = hash < 0 ? "" : trimmed.slice(0, hash);
  const offer = parseFragment(trimmed.slice(hash + 1));
  if (offer === undefined) return undefined;
  if (place === "") return { ...offer, relayUrl: undefined };
  // A link is for browsers, so it begins as their addresses do.
  const relayUrl = /^https?:/i.test(place) ? parseRelayUrl(place.replace(/\/$/, "")) : undefined;
  return relayUrl === undefined ? undefined : { ...offer, relayUrl };
}

function parseFragment(fragment: string): Omit<PairingLink, "relayUrl"> | undefined {
  // Checked first, because changing the case of other letters can give ASCII ones.
  if (!/^[0-9A-Za-z.]*$/.test(fragment)) return undefined;
  const [version, route = "", nodeKey = "", secretText = "", ...rest] = fragment.toUpperCase().split(".");
  if (version !== FRAGMENT_VERSION || !isLinkRoute(route) || rest.length > 0) return undefined;
  const nodeId = nodeKey.toLowerCase();
  const nodePublicKey = publicKeyFromNodeId(nodeId);
  const secret = decodeBase32(secretText.toLowerCase());
  if (nodePublicKey === undefined || secret?.length !== LINK_SECRET_BYTES) return undefined;
  return { route, nodeId, nodePublicKey, secret };
}
