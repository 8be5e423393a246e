import * as nodeCrypto from "node:crypto";
import { hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createCryptoBackend } from "./backend.ts";
import { findNodeCrypto, type NodeCrypto } from "./node-crypto.ts";
import { BACKENDS, NATIVE_BACKEND, NOBLE_BACKEND } from "./testing/backends.ts";

const all = (implementation: string) => ({
  sha256: implementation,
  hmacSha256: implementation,
  x25519: implementation,
  chacha20poly1305: implementation,
});

/** The u-coordinates below 2^255 of small order, and two not reduced modulo 2^255-19. */
const LOW_ORDER_POINTS = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

function node(changes: Partial<NodeCrypto>): NodeCrypto {
  const real = findNodeCrypto();
  if (real === undefined) throw new Error("this test needs Node");
  return { ...real, ...changes };
}

describe("choosing a backend", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("takes everything from Node where Node has it", () => {
    expect(NATIVE_BACKEND.chosen).toEqual(all("native"));
  });

  it("takes everything from JavaScript when told to", () => {
    expect(NOBLE_BACKEND.chosen).toEqual(all("noble"));
  });

  it("works where there is no process and no crypto.subtle, as on a plain-http origin", () => {
    const { getRandomValues } = globalThis.crypto;
    vi.stubGlobal("process", undefined);
    vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(globalThis.crypto) });
    const backend = createCryptoBackend();
    expect(backend.chosen).toEqual(all("noble"));
    expect(backend.randomBytes(16).length).toBe(16);
  });

  it("keeps the rest native when a build lacks one algorithm, as Electron's does", () => {
    const backend = createCryptoBackend({
      node: node({
        createCipheriv: () => {
          throw new Error("Unknown cipher");
        },
      }),
    });
    expect(backend.chosen).toEqual({ ...all("native"), chacha20poly1305: "noble" });
  });

  it("does not trust an implementation that gives a wrong answer", () => {
    const wrongHash = (name: string) => nodeCrypto.createHash(name === "sha256" ? "sha1" : name);
    expect(createCryptoBackend({ node: node({ createHash: wrongHash }) }).chosen.sha256).toBe("noble");

    const wrongMac = (_name: string, key: Uint8Array) => nodeCrypto.createHmac("sha1", key);
    expect(createCryptoBackend({ node: node({ createHmac: wrongMac }) }).chosen.hmacSha256).toBe("noble");
  });

  it("refuses an all-zero secret also where Node would give it", () => {
    const lenient: NodeCrypto["diffieHellman"] = (keys) => {
      try {
        return node({}).diffieHellman(keys);
      } catch {
        return new Uint8Array(32);
      }
    };
    const backend = createCryptoBackend({ node: node({ diffieHellman: lenient }) });
    expect(backend.chosen.x25519).toBe("native");
    expect(backend.x25519.dh(new Uint8Array(32).fill(1), new Uint8Array(32))).toBeUndefined();
  });

  it("does not trust an implementation that opens what was forged", () => {
    const careless: NodeCrypto["createDecipheriv"] = (...parameters) => {
      const real = nodeCrypto.createDecipheriv(...parameters);
      return {
        update: (data) => real.update(data),
        final: () => new Uint8Array(),
        setAAD: () => undefined,
        setAuthTag: () => undefined,
      };
    };
    const backend = createCryptoBackend({ node: node({ createDecipheriv: careless }) });
    expect(backend.chosen.chacha20poly1305).toBe("noble");
  });
});

describe.each(BACKENDS)("the $name backend", ({ backend }) => {
  it("refuses every low-order point", () => {
    const privateKey = backend.randomBytes(32);
    for (const point of LOW_ORDER_POINTS) {
      expect(backend.x25519.dh(privateKey, hexToBytes(point)), point).toBeUndefined();
    }
  });

  it("refuses keys and rooms of the wrong length", () => {
    for (const length of [0, 31, 33]) {
      const wrong = new Uint8Array(length).fill(9);
      const right = new Uint8Array(32).fill(9);
      expect(() => backend.x25519.dh(wrong, right)).toThrow();
      expect(() => backend.x25519.dh(right, wrong)).toThrow();
      expect(() => backend.x25519.publicKey(wrong)).toThrow();
    }
    const parameters = {
      key: new Uint8Array(32),
      nonce: new Uint8Array(12),
      associatedData: new Uint8Array(0),
    };
    for (const length of [15, 17]) {
      expect(() =>
        backend.chacha20poly1305.seal(parameters, new Uint8Array(0), new Uint8Array(length)),
      ).toThrow();
    }
  });

  it("does not open what is too short to hold a tag", () => {
    const parameters = {
      key: new Uint8Array(32),
      nonce: new Uint8Array(12),
      associatedData: new Uint8Array(0),
    };
    for (let length = 0; length <= 16; length++) {
      expect(backend.chacha20poly1305.open(parameters, new Uint8Array(length))).toBeUndefined();
    }
  });

  it("gives plain Uint8Arrays, whose slices are copies", () => {
    const parameters = {
      key: new Uint8Array(32),
      nonce: new Uint8Array(12),
      associatedData: new Uint8Array(0),
    };
    const sealed = new Uint8Array(20);
    backend.chacha20poly1305.seal(parameters, Uint8Array.of(1, 2, 3, 4), sealed);
    const results = [
      backend.randomBytes(4),
      backend.sha256(sealed),
      backend.hmacSha256(sealed, sealed),
      backend.x25519.publicKey(new Uint8Array(32).fill(1)),
      backend.x25519.dh(new Uint8Array(32).fill(1), backend.x25519.publicKey(new Uint8Array(32).fill(2))),
      backend.chacha20poly1305.open(parameters, sealed),
    ];
    for (const result of results) expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype);
  });

  it("gives as many random bytes as asked for, also more than one system call gives", () => {
    for (const length of [0, 1, 65_536, 65_537]) expect(backend.randomBytes(length).length).toBe(length);
    expect(
      backend
        .randomBytes(70_000)
        .subarray(65_536)
        .some((byte) => byte !== 0),
    ).toBe(true);
  });
});

it("both backends compute the same bytes, and each opens what the other sealed", () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const text = fc.uint8Array({ maxLength: 600 });
  fc.assert(
    fc.property(bytes32, bytes32, text, text, (key, other, plaintext, associatedData) => {
      const parameters = { key, nonce: other.slice(0, 12), associatedData };
      const [byNoble, byNode] = [NOBLE_BACKEND, NATIVE_BACKEND].map((backend) => {
        const sealed = new Uint8Array(plaintext.length + 16);
        backend.chacha20poly1305.seal(parameters, plaintext, sealed);
        const publicKey = backend.x25519.publicKey(other);
        return {
          sealed,
          publicKey,
          hashes: [backend.sha256(plaintext), backend.hmacSha256(associatedData, plaintext)],
          secret: backend.x25519.dh(key, publicKey),
        };
      });
      expect(byNoble).toEqual(byNode);
      if (byNode === undefined) throw new Error("unreachable");
      expect(NOBLE_BACKEND.chacha20poly1305.open(parameters, byNode.sealed)).toEqual(plaintext);
      expect(NATIVE_BACKEND.chacha20poly1305.open(parameters, byNode.sealed)).toEqual(plaintext);
    }),
    { numRuns: 40 },
  );
});
