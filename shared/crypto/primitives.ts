/**
 * The cryptographic primitives protocol 2 is built from, as one implementation offers them. All are synchronous and
 * take and give plain Uint8Arrays. What an attacker can bring about (a forged tag, a low-order point) is `undefined`,
 * never an exception.
 */

export const KEY_BYTES = 32;
export const AEAD_NONCE_BYTES = 12;
export const AEAD_TAG_BYTES = 16;

export type HashFunction = (data: Uint8Array) => Uint8Array;
export type MacFunction = (key: Uint8Array, data: Uint8Array) => Uint8Array;

/** X25519 (RFC 7748). */
export interface X25519 {
  publicKey(privateKey: Uint8Array): Uint8Array;
  /** The shared secret; undefined when it is all zero, which only a low-order point of the peer brings about. */
  dh(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
}

/** What one AEAD operation needs besides its text. The nonce has 12 bytes and is used once per key. */
interface AeadParameters {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly associatedData: Uint8Array;
}

/** ChaCha20-Poly1305 (RFC 8439). */
export interface Aead {
  /** Writes ciphertext and tag into `into`, which has exactly 16 bytes more than the plaintext. */
  seal(parameters: AeadParameters, plaintext: Uint8Array, into: Uint8Array): void;
  /** The plaintext in memory of its own, or undefined when the tag does not match. */
  open(parameters: AeadParameters, sealed: Uint8Array): Uint8Array | undefined;
}

/**
 * The same cipher where the platform computes it and says later what came of it. Both take copies of what they are given
 * before they return, and neither rejects: undefined is a tag that does not match, or a platform that cannot go on.
 */
export interface LaterAead {
  seal(nonce: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array | undefined>;
  open(nonce: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | undefined>;
}

/** Undefined when the platform does not take the key. Never rejects. */
export type LaterAeadFor = (key: Uint8Array) => Promise<LaterAead | undefined>;

export interface Primitives {
  readonly sha256: HashFunction;
  readonly hmacSha256: MacFunction;
  readonly x25519: X25519;
  readonly chacha20poly1305: Aead;
}
