/**
 * Unpadded base64url (RFC 4648 section 5, `b64u` in the protocol). Decoding is strict: every byte string has exactly
 * one text that decodes to it, so a hash or a token cannot be written in two ways. Anything else is `undefined`.
 */
import { base64urlnopad } from "@scure/base";

const ALPHABET_ONLY = /^[A-Za-z0-9_-]*$/;

/** Encodes bytes as base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return base64urlnopad.encode(bytes);
}

/** Decodes base64url; undefined for padding, foreign characters (`+`, `/`, spaces) or non-zero trailing bits. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (!ALPHABET_ONLY.test(text)) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = base64urlnopad.decode(text);
  } catch {
    // The decoder throws for impossible lengths and stray bits, and its message repeats the input, which may be secret.
    return undefined;
  }
  // Whatever the library tolerates, only the encoding it would produce itself counts.
  return encodeBase64Url(bytes) === text ? bytes : undefined;
}
