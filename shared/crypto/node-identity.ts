/**
 * A node's identity is its X25519 public key, and its id is that key in base32: the id certifies itself. Only the one
 * canonical text of a key is an id. Private keys are used through `StaticKey`, so that a browser's may stay where no
 * script can read it.
 */
import { decodeBase32, encodeBase32 } from "#shared/protocol/base32.ts";
import { requireLength } from "./crypto-error.ts";
import { KEY_BYTES, type X25519 } from "./primitives.ts";

/** A long-lived X25519 key that can be used but need not be readable. */
export interface StaticKey {
  readonly publicKey: Uint8Array;
  /** The shared secret with a peer's public key; undefined when it is all zero. Rejects when the key is gone. */
  dh(remotePublic: Uint8Array): Promise<Uint8Array | undefined>;
}

/** The id of the node with this public key: 52 characters, `^[a-z2-7]{51}[aq]$` (protocol section 2). */
export function nodeIdFromPublicKey(publicKey: Uint8Array): string {
  requireLength(publicKey, KEY_BYTES, "a node's public key");
  return encodeBase32(publicKey);
}

/** The public key a node id stands for; undefined when the text is not a canonical node id. */
export function publicKeyFromNodeId(nodeId: string): Uint8Array | undefined {
  const bytes = decodeBase32(nodeId);
  return bytes?.length === KEY_BYTES ? bytes : undefined;
}

/** Makes a usable key from a stored private one. */
export function staticKeyFromPrivate(x25519: X25519, privateKey: Uint8Array): StaticKey {
  const publicKey = x25519.publicKey(privateKey);
  // A copy, so that whoever wipes or reuses the given bytes does not change this key.
  const own = privateKey.slice();
  return { publicKey, dh: async (remotePublic) => x25519.dh(own, remotePublic) };
}
