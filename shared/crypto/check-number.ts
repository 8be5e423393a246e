/**
 * The four digits both screens show during pairing. They tell two pairings at the same moment apart and prove nothing:
 * whoever knows the secret can try handshakes until the digits match (protocol section 5).
 */
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { HashFunction } from "./primitives.ts";

const LABEL = utf8ToBytes("ora/2 check number");
const DIGITS = 4;

/**
 * The first six bytes of SHA-256(`ora/2 check number` | handshake hash) as a big-endian number, modulo 10000, with
 * leading zeros. The label keeps the handshake hash itself off the screen.
 */
export function checkNumber(sha256: HashFunction, handshakeHash: Uint8Array): string {
  const digest = sha256(concatBytes(LABEL, handshakeHash));
  const number = digest.subarray(0, 6).reduce((value, byte) => value * 256 + byte, 0);
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}
