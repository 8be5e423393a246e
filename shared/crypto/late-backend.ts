/**
 * A backend that is made, and tested, when it is first computed with: for a program that has something to begin before,
 * such as dialling. Then the first who asks waits for the tests, and gets their errors.
 */
import { type CryptoBackend, type CryptoBackendOptions, createCryptoBackend } from "./backend.ts";

export function lateCryptoBackend(options: CryptoBackendOptions = {}): CryptoBackend {
  let made: CryptoBackend | undefined;
  const backend = () => {
    made ??= createCryptoBackend(options);
    return made;
  };
  return {
    get chosen() {
      return backend().chosen;
    },
    sha256: (data) => backend().sha256(data),
    hmacSha256: (key, data) => backend().hmacSha256(key, data),
    x25519: {
      publicKey: (privateKey) => backend().x25519.publicKey(privateKey),
      dh: (privateKey, publicKey) => backend().x25519.dh(privateKey, publicKey),
    },
    get chacha20poly1305() {
      return backend().chacha20poly1305;
    },
    laterAead: (key) => backend().laterAead(key),
    randomBytes: (length) => backend().randomBytes(length),
    hkdfSha256: (parameters) => backend().hkdfSha256(parameters),
  };
}
