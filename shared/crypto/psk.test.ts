import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { pskFromCpace, pskFromLinkSecret } from "./psk.ts";
import { BACKENDS } from "./testing/backends.ts";

/** RFC 5869 written out for one block and an empty salt, with nothing of ours in it. */
function hkdfOneBlock(secret: Uint8Array, info: string): Uint8Array {
  const extracted = createHmac("sha256", new Uint8Array(32)).update(secret).digest();
  return new Uint8Array(createHmac("sha256", extracted).update(`${info}\u0001`).digest());
}

describe.each(BACKENDS)("pairing keys on the $name backend", ({ backend }) => {
  it("are HKDF-SHA256 of the secret with an empty salt and the label of their kind", () => {
    const secret = new Uint8Array(16).fill(3);
    expect(pskFromLinkSecret(backend, secret)).toEqual(hkdfOneBlock(secret, "ora/2 psk qr"));
    const isk = new Uint8Array(64).fill(4);
    expect(pskFromCpace(backend, isk)).toEqual(hkdfOneBlock(isk, "ora/2 psk code"));
  });

  it("are not made from secrets of another length", () => {
    for (const length of [15, 17])
      expect(() => pskFromLinkSecret(backend, new Uint8Array(length))).toThrow("16 bytes");
    for (const length of [63, 65])
      expect(() => pskFromCpace(backend, new Uint8Array(length))).toThrow("64 bytes");
  });
});
