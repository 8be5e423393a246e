/**
 * ChaCha20-Poly1305 as browsers have begun to offer it (WICG, Modern Algorithms in the Web Cryptography API): native, and
 * so several times faster than JavaScript. Most have none yet, and a plain-http origin never has; then every key is
 * undefined. Whether what one offers is right is found out by self-test, not here.
 */
import type { LaterAead, LaterAeadFor } from "./primitives.ts";

const NAME = "ChaCha20-Poly1305";

/** What is used of `SubtleCrypto`. */
export interface SubtleAead {
  importKey(
    format: "raw-secret",
    key: Uint8Array,
    algorithm: { name: typeof NAME },
    extractable: false,
    usages: readonly ["encrypt", "decrypt"],
  ): Promise<unknown>;
  encrypt(algorithm: AeadParams, key: unknown, data: Uint8Array): Promise<ArrayBuffer>;
  decrypt(algorithm: AeadParams, key: unknown, data: Uint8Array): Promise<ArrayBuffer>;
}

interface AeadParams {
  readonly name: typeof NAME;
  readonly iv: Uint8Array;
}

export function webCryptoAead(subtle: SubtleCrypto | SubtleAead): LaterAeadFor {
  // The DOM's types do not know this algorithm's format for keys yet.
  const aead = subtle as SubtleAead;
  return async (key) => {
    const imported = await orUndefined(() =>
      aead.importKey("raw-secret", key, { name: NAME }, false, ["encrypt", "decrypt"]),
    );
    return imported === undefined ? undefined : withKey(aead, imported);
  };
}

function withKey(subtle: SubtleAead, key: unknown): LaterAead {
  return {
    seal: (iv, plaintext) => bytes(() => subtle.encrypt({ name: NAME, iv }, key, plaintext)),
    open: (iv, sealed) => bytes(() => subtle.decrypt({ name: NAME, iv }, key, sealed)),
  };
}

async function bytes(run: () => Promise<ArrayBuffer>): Promise<Uint8Array | undefined> {
  const result = await orUndefined(run);
  return result && new Uint8Array(result);
}

async function orUndefined<Result>(run: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await run();
  } catch {
    // A browser without the algorithm, or a tag that does not match: each says so by rejecting, some by throwing.
    return undefined;
  }
}
