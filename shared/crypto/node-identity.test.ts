import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeIdFromPublicKey, publicKeyFromNodeId, staticKeyFromPrivate } from "./node-identity.ts";
import { BACKENDS, NOBLE_BACKEND } from "./testing/backends.ts";

const NODE_ID = /^[a-z2-7]{51}[aq]$/;
const publicKey = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("a node id", () => {
  it("is 52 characters of lower-case base32", () => {
    const key = Uint8Array.from({ length: 32 }, (_, index) => index);
    expect(nodeIdFromPublicKey(key)).toBe("aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq");
  });

  it("stands for exactly one key", () => {
    fc.assert(
      fc.property(publicKey, (key) => {
        const id = nodeIdFromPublicKey(key);
        expect(id).toMatch(NODE_ID);
        expect(publicKeyFromNodeId(id)).toEqual(key);
      }),
    );
  });

  it("is refused in every other spelling", () => {
    const id = nodeIdFromPublicKey(new Uint8Array(32).fill(7));
    expect(id.endsWith("q")).toBe(true);
    const spellings = [
      id.toUpperCase(),
      `${id}====`,
      ` ${id}`,
      id.slice(0, 51),
      `${id}a`,
      `${id.slice(0, 51)}r`,
      "",
    ];
    for (const text of spellings) expect(publicKeyFromNodeId(text), text).toBeUndefined();
  });

  it("is accepted exactly when it has the form of one", () => {
    const text = fc.string({ unit: fc.constantFrom(..."aqbr27"), minLength: 51, maxLength: 53 });
    fc.assert(
      fc.property(text, (id) => {
        expect(publicKeyFromNodeId(id) !== undefined).toBe(NODE_ID.test(id));
      }),
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (id) => void publicKeyFromNodeId(id)));
  });

  it("is not made from anything but 32 bytes", () => {
    for (const length of [31, 33])
      expect(() => nodeIdFromPublicKey(new Uint8Array(length))).toThrow("32 bytes");
  });
});

describe.each(BACKENDS)("a static key on the $name backend", ({ backend }) => {
  it("agrees on a secret with another one", async () => {
    const alice = staticKeyFromPrivate(backend.x25519, new Uint8Array(32).fill(1));
    const bob = staticKeyFromPrivate(backend.x25519, new Uint8Array(32).fill(2));
    const secret = await alice.dh(bob.publicKey);
    expect(secret?.length).toBe(32);
    expect(await bob.dh(alice.publicKey)).toEqual(secret);
  });
});

it("a static key does not change when the bytes it was made from are wiped", async () => {
  const { x25519 } = NOBLE_BACKEND;
  const bytes = new Uint8Array(32).fill(1);
  const key = staticKeyFromPrivate(x25519, bytes);
  const peer = x25519.publicKey(new Uint8Array(32).fill(2));
  const before = await key.dh(peer);
  bytes.fill(0);
  expect(await key.dh(peer)).toEqual(before);
});
