/**
 * X25519 (RFC 7748) in JavaScript, from the parts of the noble library that it needs: the Edwards curve and what is built
 * on it would more than double what a page has to load. The backend's self-test and the RFC's vectors check it.
 */
import { mod, pow2 } from "@noble/curves/abstract/modular.js";
import { montgomery } from "@noble/curves/abstract/montgomery.js";

/** 2^255 - 19 (RFC 7748 section 4.1). */
const P = 2n ** 255n - 19n;

/** Clears and sets the bits that a scalar must have (RFC 7748 section 5). Changes the given bytes, which are a copy. */
function adjustScalarBytes(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint8(0, view.getUint8(0) & 248);
  view.setUint8(31, (view.getUint8(31) & 127) | 64);
  return bytes;
}

/** x^(P - 2), which is the inverse: 254 squarings and 11 multiplications, whatever x is. */
function powPminus2(x: bigint): bigint {
  const times = (a: bigint, b: bigint) => mod(a * b, P);
  const squared = (a: bigint, count: bigint) => pow2(a, count, P);
  const x2 = squared(x, 1n);
  const x9 = times(squared(x2, 2n), x);
  const x11 = times(x9, x2);
  // Each name tells how many ones its exponent has in binary.
  const ones5 = times(squared(x11, 1n), x9);
  const ones10 = times(squared(ones5, 5n), ones5);
  const ones20 = times(squared(ones10, 10n), ones10);
  const ones40 = times(squared(ones20, 20n), ones20);
  const ones50 = times(squared(ones40, 10n), ones10);
  const ones100 = times(squared(ones50, 50n), ones50);
  const ones200 = times(squared(ones100, 100n), ones100);
  const ones250 = times(squared(ones200, 50n), ones50);
  return times(squared(ones250, 5n), x11);
}

export const x25519 = montgomery({ P, type: "x25519", adjustScalarBytes, powPminus2 });
