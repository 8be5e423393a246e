import { webcrypto } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { decodeStoredKey, generateStoredKey, usableKey } from "./stored-key.ts";

const backend = createCryptoBackend();
const subtle = webcrypto.subtle as SubtleCrypto;
const peer = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
const KINDS = [
  ["in the browser's hands", subtle, "kept"],
  ["as bytes", undefined, "readable"],
] as const;

describe.each(KINDS)("a key %s", (_, here, kind) => {
  it("agrees with its peer, also after it was stored", async () => {
    const stored = await generateStoredKey(backend, here);
    expect(stored.kind).toBe(kind);
    const again = decodeStoredKey(structuredClone(stored));
    if (again === undefined) throw new Error("it was not understood");
    const key = usableKey(again, backend, here);
    const shared = await key.dh(peer.publicKey);
    expect(shared).toEqual(await peer.dh(key.publicKey));
    expect(shared?.length).toBe(32);
  });

  it("gives no secret with a low-order point", async () => {
    const key = usableKey(await generateStoredKey(backend, here), backend, here);
    expect(await key.dh(new Uint8Array(32))).toBeUndefined();
  });

  it("is another one each time", async () => {
    const [a, b] = await Promise.all([generateStoredKey(backend, here), generateStoredKey(backend, here)]);
    expect(usableKey(a, backend, here).publicKey).not.toEqual(usableKey(b, backend, here).publicKey);
  });
});

it("a key in the browser's hands cannot be exported", async () => {
  const stored = await generateStoredKey(backend, subtle);
  if (stored.kind !== "kept") throw new Error("the browser's hands are missing");
  await expect(subtle.exportKey("pkcs8", stored.privateKey)).rejects.toThrow();
});

it("a browser without X25519 keeps bytes", async () => {
  const without = { generateKey: () => Promise.reject(new Error("unknown")) } as unknown as SubtleCrypto;
  expect((await generateStoredKey(backend, without)).kind).toBe("readable");
});

it.each([
  undefined,
  null,
  "key",
  {},
  { privateKey: new Uint8Array(31) },
  { privateKey: new Uint8Array(33) },
  { privateKey: "x".repeat(32) },
  { kind: "kept", privateKey: {}, publicKey: new Uint8Array(32) },
])("what is no key of ours is not used as one: %o", (value) => {
  expect(decodeStoredKey(value)).toBeUndefined();
});
