/** Checks for the fields that several control messages of protocol 2 share. Each returns undefined for a bad value. */
import { decodeBase32 } from "#shared/protocol/base32.ts";
import { decodeBase64Url } from "#shared/protocol/base64url.ts";
import { isLinkRoute, isTypedRoute } from "#shared/protocol/pairing-code.ts";
import { MAX_CHANNEL } from "#shared/protocol/v2/limits.ts";

const SHA256_BYTES = 32;
const NODE_KEY_BYTES = 32;
const NODE_ID_LENGTH = 52;
const MAX_TTL_SEC = 0x7fff_ffff;
const MAX_PEER_LENGTH = 64;

/** b64u of at most `maxBytes` bytes, in its one canonical spelling. */
export function b64uText(value: unknown, maxBytes: number): string | undefined {
  if (typeof value !== "string" || value.length > Math.ceil((maxBytes * 4) / 3)) return undefined;
  const bytes = decodeBase64Url(value);
  return bytes === undefined || bytes.length > maxBytes ? undefined : value;
}

/** b64u of exactly `bytes` bytes. */
export function exactB64u(value: unknown, bytes: number): string | undefined {
  const text = b64uText(value, bytes);
  return text !== undefined && text.length === Math.ceil((bytes * 4) / 3) ? text : undefined;
}

export function hashText(value: unknown): string | undefined {
  return exactB64u(value, SHA256_BYTES);
}

/** A node id is the key itself, so only the one text that its key encodes to will do. */
export function nodeIdText(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length !== NODE_ID_LENGTH) return undefined;
  return decodeBase32(value)?.length === NODE_KEY_BYTES ? value : undefined;
}

export function routeText(value: unknown): string | undefined {
  return typeof value === "string" && (isTypedRoute(value) || isLinkRoute(value)) ? value : undefined;
}

export function ttlSeconds(value: unknown): number | undefined {
  return isWhole(value) && value >= 1 && value <= MAX_TTL_SEC ? value : undefined;
}

export function channelNumber(value: unknown): number | undefined {
  return isWhole(value) && value >= 1 && value <= MAX_CHANNEL ? value : undefined;
}

/** A device's or a session's id. */
export function idText(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}

/** An address, for people to read: printable ASCII without spaces. */
export function peerText(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > MAX_PEER_LENGTH) return undefined;
  return /^[\x21-\x7e]*$/.test(value) ? value : undefined;
}

/** The name of an error: a word of the protocol, never a sentence of the peer's choosing. */
export function errorName(value: unknown): string {
  return typeof value === "string" && /^[\w:.-]{1,64}$/.test(value) ? value : "unknown";
}

export function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

/** Every element decoded, or undefined when it is no array, too long, or one element is bad. Absent is empty. */
export function listOf<Entry>(
  value: unknown,
  max: number,
  decode: (entry: unknown) => Entry | undefined,
): Entry[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > max) return undefined;
  const entries: Entry[] = [];
  for (const item of value) {
    const entry = decode(item);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return entries;
}
