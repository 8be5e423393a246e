/** A device's key for one pairing, where the private half may be kept as bytes. Browsers that can do better bring their own. */
import { type CryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";

export interface ReadableDeviceKey {
  /** 32 bytes; a secret. */
  readonly privateKey: Uint8Array;
  readonly key: StaticKey;
}

/** A fresh key. Every pairing gets its own, so that two PCs cannot tell that they share a device. */
export function generateDeviceKey(backend: CryptoBackend): ReadableDeviceKey {
  const privateKey = generatePrivateKey(backend);
  return { privateKey, key: staticKeyFromPrivate(backend.x25519, privateKey) };
}
