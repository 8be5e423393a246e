import { x25519 as reference } from "@noble/curves/ed25519.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { x25519 } from "./x25519.ts";

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

it("X25519 gives what RFC 7748 section 5.2 says, after a thousand rounds too", () => {
  let scalar = hexToBytes("0900000000000000000000000000000000000000000000000000000000000000");
  let point = scalar;
  const once = x25519.scalarMult(scalar, point);
  expect(bytesToHex(once)).toBe("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
  for (let round = 0; round < 1_000; round++) [scalar, point] = [x25519.scalarMult(scalar, point), scalar];
  expect(bytesToHex(scalar)).toBe("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
});

it("X25519 agrees with the library's own on any keys", () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      const publicKey = reference.getPublicKey(b);
      expect(x25519.getPublicKey(a)).toEqual(reference.getPublicKey(a));
      expect(x25519.getSharedSecret(a, publicKey)).toEqual(reference.getSharedSecret(a, publicKey));
    }),
    { numRuns: 50 },
  );
});

it("X25519 refuses an all-zero secret", () => {
  expect(() => x25519.getSharedSecret(new Uint8Array(32).fill(1), new Uint8Array(32))).toThrow();
});
