/** HKDF (RFC 5869) over whichever HMAC-SHA256 the backend chose. Noise and the pairing secrets derive keys with it. */
import { concatBytes } from "@noble/hashes/utils.js";
import { CryptoError } from "./crypto-error.ts";
import type { MacFunction } from "./primitives.ts";

const HASH_BYTES = 32;
/** RFC 5869: the block counter is one byte. */
const MAX_OUTPUT_BYTES = 255 * HASH_BYTES;

export interface HkdfParameters {
  /** The input key material. */
  readonly secret: Uint8Array;
  readonly salt: Uint8Array;
  readonly info: Uint8Array;
  /** Bytes wanted, at most 8,160. */
  readonly length: number;
}

/** @throws CryptoError `too_long` above the limit of RFC 5869. */
export function hkdf(hmac: MacFunction, { secret, salt, info, length }: HkdfParameters): Uint8Array {
  if (length > MAX_OUTPUT_BYTES) throw new CryptoError("too_long", "HKDF-SHA256 gives at most 8160 bytes");
  // An empty salt stands for 32 zero bytes; HMAC pads keys with zeros, so both give the same.
  const pseudoRandomKey = hmac(salt, secret);
  const output = new Uint8Array(Math.ceil(length / HASH_BYTES) * HASH_BYTES);
  let block: Uint8Array = new Uint8Array(0);
  for (let at = 0, counter = 1; at < length; at += HASH_BYTES, counter++) {
    block = hmac(pseudoRandomKey, concatBytes(block, info, Uint8Array.of(counter)));
    output.set(block, at);
  }
  return output.subarray(0, length);
}
