import { describe, expect, it } from "vitest";
import { createCryptoBackend } from "./backend.ts";
import { NOBLE_BACKEND } from "./testing/backends.ts";
import { filled } from "./testing/channels.ts";
import type { SubtleAead } from "./web-crypto-aead.ts";

const KEY = filled(9);
const NONCE = filled(3, 12);
const TEXT = filled(7, 5_000);

/** A browser that has the algorithm: rejects as those do. */
function browser(changes: Partial<SubtleAead> = {}): SubtleAead {
  const { chacha20poly1305 } = NOBLE_BACKEND;
  const parameters = (iv: Uint8Array, key: unknown) => ({
    key: key as Uint8Array,
    nonce: iv,
    associatedData: new Uint8Array(0),
  });
  return {
    importKey: async (_format, key) => key.slice(),
    async encrypt({ iv }, key, data) {
      const sealed = new Uint8Array(data.length + 16);
      chacha20poly1305.seal(parameters(iv, key), data, sealed);
      return sealed.buffer;
    },
    async decrypt({ iv }, key, data) {
      const opened = chacha20poly1305.open(parameters(iv, key), data);
      if (opened === undefined) throw new DOMException("", "OperationError");
      return opened.slice().buffer;
    },
    ...changes,
  };
}

const aeadOf = (subtle: SubtleAead | undefined) =>
  createCryptoBackend({ node: undefined, subtle }).laterAead(KEY);

describe("the platform's own cipher", () => {
  it("seals and opens what JavaScript's does, and refuses what was changed", async () => {
    const aead = await aeadOf(browser());
    const sealed = new Uint8Array(TEXT.length + 16);
    NOBLE_BACKEND.chacha20poly1305.seal(
      { key: KEY, nonce: NONCE, associatedData: new Uint8Array(0) },
      TEXT,
      sealed,
    );
    expect(await aead?.seal(NONCE, TEXT)).toEqual(sealed);
    expect(await aead?.open(NONCE, sealed)).toEqual(TEXT);
    expect(await aead?.open(NONCE, sealed.with(77, 1))).toBeUndefined();
  });

  it("is not used where there is none", async () => {
    expect(await aeadOf(undefined)).toBeUndefined();
    const rejects = async () => {
      throw new DOMException("", "NotSupportedError");
    };
    expect(await aeadOf(browser({ importKey: rejects }))).toBeUndefined();
    const throws = () => {
      throw new TypeError("no such format");
    };
    expect(await aeadOf(browser({ importKey: throws }))).toBeUndefined();
  });

  it("is not used when it gives a wrong answer, or opens what was changed", async () => {
    const { encrypt, decrypt } = browser();
    const wrong: SubtleAead["encrypt"] = async (algorithm, key, data) => {
      const sealed = new Uint8Array(await encrypt(algorithm, key, data));
      return sealed.with(0, (sealed[0] ?? 0) ^ 1).buffer;
    };
    expect(await aeadOf(browser({ encrypt: wrong }))).toBeUndefined();
    const lenient: SubtleAead["decrypt"] = async (algorithm, key, data) =>
      decrypt(algorithm, key, data).catch(() => new ArrayBuffer(data.length - 16));
    expect(await aeadOf(browser({ decrypt: lenient }))).toBeUndefined();
  });

  it("is tested once, and not before somebody wants it", async () => {
    let imported = 0;
    const subtle = browser({
      importKey: async (_format, key) => {
        imported += 1;
        return key.slice();
      },
    });
    const { laterAead } = createCryptoBackend({ node: undefined, subtle });
    expect(imported).toBe(0);
    await laterAead(KEY);
    expect(imported).toBe(2);
    await laterAead(KEY);
    expect(imported).toBe(3);
  });
});
