/**
 * Unpadded base64url (RFC 4648 section 5, `b64u` in the protocol). Decoding is strict: every byte string has exactly
 * one text that decodes to it, so a hash or a token cannot be written in two ways. Anything else is `undefined`.
 */
import { base64urlnopad } from "@scure/base";

/** Encodes bytes as base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return base64urlnopad.encode(bytes);
}

/** Decodes base64url; undefined for padding, foreign characters (`+`, `/`, spaces) or non-zero trailing bits. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  try {
    return base64urlnopad.decode(text);
  } catch {
    // It throws for anything foreign, impossible lengths and stray bits; its message repeats the input, perhaps a secret.
    return undefined;
  }
}
