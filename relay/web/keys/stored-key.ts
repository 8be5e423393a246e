/**
 * This device's key for one pairing, as a browser keeps it: in the browser's own hands, where it can be used but never
 * read, or as bytes where there is no such thing (an origin on plain http, an old browser). Both forms can be put into
 * IndexedDB as they are.
 */
import { type CryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { KEY_BYTES } from "#shared/crypto/primitives.ts";

export type StoredKey =
  /** Not extractable. */
  | { readonly kind: "kept"; readonly publicKey: Uint8Array; readonly privateKey: CryptoKey }
  | { readonly kind: "readable"; readonly privateKey: Uint8Array };

const ALGORITHM = "X25519";

/** A fresh key for one pairing. `subtle` left out or without X25519: readable bytes. */
export async function generateStoredKey(
  backend: CryptoBackend,
  subtle: SubtleCrypto | undefined,
): Promise<StoredKey> {
  const kept = subtle === undefined ? undefined : await generateKept(subtle);
  return kept ?? { kind: "readable", privateKey: generatePrivateKey(backend) };
}

async function generateKept(subtle: SubtleCrypto): Promise<StoredKey | undefined> {
  try {
    const pair = await subtle.generateKey({ name: ALGORITHM }, false, ["deriveBits"]);
    // The DOM's types let every algorithm give a single key, too.
    if (!("privateKey" in pair)) return undefined;
    const publicKey = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
    return { kind: "kept", publicKey, privateKey: pair.privateKey };
  } catch {
    // A browser without X25519 says so here.
    return undefined;
  }
}

/** The key, to be used. Rejects in `dh` when the browser has lost it. */
export function usableKey(
  stored: StoredKey,
  backend: CryptoBackend,
  subtle: SubtleCrypto | undefined,
): StaticKey {
  if (stored.kind === "readable") return staticKeyFromPrivate(backend.x25519, stored.privateKey);
  const { publicKey, privateKey } = stored;
  return {
    publicKey,
    async dh(remotePublic) {
      if (subtle === undefined) throw new TypeError("this origin has no crypto.subtle");
      // The DOM's types do not know that a shared buffer never comes here.
      const raw = remotePublic.slice();
      const remote = await subtle.importKey("raw", raw, { name: ALGORITHM }, false, []);
      try {
        const shared = await subtle.deriveBits(
          { name: ALGORITHM, public: remote },
          privateKey,
          8 * KEY_BYTES,
        );
        return new Uint8Array(shared);
      } catch (error) {
        // An all-zero secret (RFC 7748 section 6.1), which only a low-order point of the peer brings about.
        if (error instanceof DOMException && error.name === "OperationError") return undefined;
        throw error;
      }
    },
  };
}

/** Decodes what a database gave back; undefined for anything that is no key of ours. */
export function decodeStoredKey(value: unknown): StoredKey | undefined {
  if (typeof value !== "object" || value === null || !("privateKey" in value)) return undefined;
  const { privateKey } = value;
  if (isKeyBytes(privateKey)) return { kind: "readable", privateKey };
  const isKept =
    typeof CryptoKey !== "undefined" &&
    privateKey instanceof CryptoKey &&
    privateKey.algorithm.name === ALGORITHM &&
    privateKey.usages.includes("deriveBits");
  if (!isKept || !("publicKey" in value) || !isKeyBytes(value.publicKey)) return undefined;
  return { kind: "kept", publicKey: value.publicKey, privateKey };
}

function isKeyBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === KEY_BYTES;
}
