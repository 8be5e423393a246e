/**
 * The cryptographic backend everything in protocol 2 computes with. It takes each primitive from Node's crypto module
 * where that passes a known-answer test, else from JavaScript, because builds differ: Electron's has no
 * ChaCha20-Poly1305 there, a browser has nothing of the kind, at best a cipher that says later what came of it. The bytes
 * on the wire are the same either way.
 */
import { CryptoError } from "./crypto-error.ts";
import { type HkdfParameters, hkdf } from "./hkdf.ts";
import { nativePrimitives } from "./native-primitives.ts";
import { noblePrimitives } from "./noble-primitives.ts";
import { findNodeCrypto, type NodeCrypto } from "./node-crypto.ts";
import { KEY_BYTES, type LaterAeadFor, type Primitives } from "./primitives.ts";
import { SELF_TESTS, testLaterAead } from "./self-test.ts";
import { type SubtleAead, webCryptoAead } from "./web-crypto-aead.ts";

type Implementation = "native" | "noble";

export interface CryptoBackend extends Primitives {
  /** Which implementation each primitive comes from: for the log at start and for tests. */
  readonly chosen: Readonly<Record<keyof Primitives, Implementation>>;
  /** The platform's own cipher for what is long; it gives undefined where there is none, or its self-test failed. */
  readonly laterAead: LaterAeadFor;
  randomBytes(length: number): Uint8Array;
  hkdfSha256(parameters: HkdfParameters): Uint8Array;
}

export interface CryptoBackendOptions {
  /** Node's crypto module, or undefined for JavaScript alone. Left out, it is looked for. */
  readonly node?: NodeCrypto | undefined;
  /** A browser's own cryptography, for what is long. Left out: none. */
  readonly subtle?: SubtleCrypto | SubtleAead | undefined;
  /** Left out: `crypto.getRandomValues`, which plain-http origins have too. Only tests give another. */
  readonly randomBytes?: (length: number) => Uint8Array;
}

/**
 * Tests the primitives and chooses. Make one when a program starts and hand it on; it keeps no other state.
 * @throws CryptoError `self_test_failed` when no implementation of a primitive gives the right answers.
 */
export function createCryptoBackend(options: CryptoBackendOptions = {}): CryptoBackend {
  const node = "node" in options ? options.node : findNodeCrypto();
  const native = node === undefined ? undefined : nativePrimitives(node);

  const sha256 = choose("sha256", native);
  const hmacSha256 = choose("hmacSha256", native);
  const x25519 = choose("x25519", native);
  const chacha20poly1305 = choose("chacha20poly1305", native);
  return {
    sha256: sha256.primitive,
    hmacSha256: hmacSha256.primitive,
    x25519: x25519.primitive,
    chacha20poly1305: chacha20poly1305.primitive,
    chosen: {
      sha256: sha256.from,
      hmacSha256: hmacSha256.from,
      x25519: x25519.from,
      chacha20poly1305: chacha20poly1305.from,
    },
    laterAead: testedLaterAead(chacha20poly1305.primitive, options.subtle),
    randomBytes: options.randomBytes ?? systemRandomBytes,
    hkdfSha256: (parameters) => hkdf(hmacSha256.primitive, parameters),
  };
}

/** A fresh X25519 private key; RFC 7748 takes any 32 bytes. */
export function generatePrivateKey(backend: CryptoBackend): Uint8Array {
  return backend.randomBytes(KEY_BYTES);
}

interface Choice<Name extends keyof Primitives> {
  readonly primitive: Primitives[Name];
  readonly from: Implementation;
}

function choose<Name extends keyof Primitives>(name: Name, native: Primitives | undefined): Choice<Name> {
  if (native !== undefined && passes(name, native[name])) return { primitive: native[name], from: "native" };
  if (passes(name, noblePrimitives[name])) return { primitive: noblePrimitives[name], from: "noble" };
  throw new CryptoError("self_test_failed", `no working implementation of ${name}`);
}

function passes<Name extends keyof Primitives>(name: Name, primitive: Primitives[Name]): boolean {
  try {
    return SELF_TESTS[name](primitive);
  } catch {
    // A build without the algorithm says so by throwing, each in its own words.
    return false;
  }
}

/** Tested when it is first asked for, which may be never. */
function testedLaterAead(
  tested: Primitives["chacha20poly1305"],
  subtle: CryptoBackendOptions["subtle"],
): LaterAeadFor {
  if (subtle === undefined) return async () => undefined;
  const platform = webCryptoAead(subtle);
  let isRight: Promise<boolean> | undefined;
  return async (key) => {
    isRight ??= testLaterAead(tested, platform);
    return (await isRight) ? platform(key) : undefined;
  };
}

/** The most that `getRandomValues` gives at once (Web Cryptography API). */
const MAX_RANDOM_BYTES_PER_CALL = 65_536;

function systemRandomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += MAX_RANDOM_BYTES_PER_CALL) {
    globalThis.crypto.getRandomValues(bytes.subarray(at, at + MAX_RANDOM_BYTES_PER_CALL));
  }
  return bytes;
}
