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
  try {
    return base32nopad.decode(text.toUpperCase());
  } catch {
    // It throws for impossible lengths and stray bits; its message repeats the input, perhaps a secret.
    return undefined;
  }
}
