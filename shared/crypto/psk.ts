/**
 * The pre-shared keys of pairing (protocol section 4): 32 bytes from the secret of a link, or from what CPace agreed
 * on for a typed code. The labels differ, so neither can stand in for the other.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { CryptoBackend } from "./backend.ts";
import { CPACE_ISK_BYTES } from "./cpace-sizes.ts";
import { requireLength } from "./crypto-error.ts";

/** The secret in a pairing link: 128 random bits, which nobody guesses. */
export const LINK_SECRET_BYTES = 16;

const PSK_BYTES = 32;
const NO_SALT = new Uint8Array(0);

/** The key of a link pairing, from the 16 secret bytes in the link. */
export function pskFromLinkSecret(backend: CryptoBackend, secret: Uint8Array): Uint8Array {
  requireLength(secret, LINK_SECRET_BYTES, "a link secret");
  return backend.hkdfSha256({ secret, salt: NO_SALT, info: utf8ToBytes("ora/2 psk qr"), length: PSK_BYTES });
}

/** The key of a typed-code pairing, from the 64 bytes CPace gives. */
export function pskFromCpace(backend: CryptoBackend, isk: Uint8Array): Uint8Array {
  requireLength(isk, CPACE_ISK_BYTES, "a CPace key");
  return backend.hkdfSha256({
    secret: isk,
    salt: NO_SALT,
    info: utf8ToBytes("ora/2 psk code"),
    length: PSK_BYTES,
  });
}
