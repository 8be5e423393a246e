/**
 * Unpadded RFC 4648 base32 in lower case, the form of node ids. Decoding is strict: every byte string has exactly
 * one text that decodes to it, so an id cannot be written in two ways. Anything else is refused with `undefined`.
 */
import { base32nopad } from "@scure/base";

const ALPHABET_ONLY = /^[a-z2-7]*$/;

/** Encodes bytes as lower-case base32 without padding. */
export function encodeBase32(bytes: Uint8Array): string {
  return base32nopad.encode(bytes).toLowerCase();
}

/** Decodes lower-case base32; undefined for upper case, padding, foreign characters or non-zero trailing bits. */
export function decodeBase32(text: string): Uint8Array | undefined {
  if (!ALPHABET_ONLY.test(text)) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = base32nopad.decode(text.toUpperCase());
  } catch {
    // The decoder throws for impossible lengths and stray bits, and its message repeats the input, which may be secret.
    return undefined;
  }
  // Whatever the library tolerates, only the encoding it would produce itself counts.
  return encodeBase32(bytes) === text ? bytes : undefined;
}
