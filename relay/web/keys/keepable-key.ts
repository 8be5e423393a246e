/**
 * A fresh key in the best form that this browser can keep. That is tried before a key is used for anything: a code is
 * good once and must not be spent on what gets lost.
 */
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { StorageError } from "./storage-error.ts";
import { generateStoredKey, type StoredKey } from "./stored-key.ts";

export interface KeepableKeyOptions {
  readonly backend: CryptoBackend;
  /** Left out where the origin has none. */
  readonly subtle: SubtleCrypto | undefined;
  /** Stores it and takes it out again. Rejects with StorageError. */
  readonly probe: (key: StoredKey) => Promise<void>;
}

/** Gives why not, where the browser keeps none in any form. */
export async function keepableKey({
  backend,
  subtle,
  probe,
}: KeepableKeyOptions): Promise<StoredKey | StorageError> {
  const key = await generateStoredKey(backend, subtle);
  const refusal = await refusalOf(probe, key);
  if (refusal === undefined) return key;
  if (key.kind === "readable" || refusal.code === "full") return refusal;
  // Some private windows can store bytes, but no keys of the browser's own; WebKitGTK 2.50 makes keys of X25519, and
  // cannot copy them: the clone of one is nothing, in a database and elsewhere.
  const readable = await generateStoredKey(backend, undefined);
  return (await refusalOf(probe, readable)) ?? readable;
}

async function refusalOf(
  probe: (key: StoredKey) => Promise<void>,
  key: StoredKey,
): Promise<StorageError | undefined> {
  try {
    await probe(key);
    return undefined;
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  }
}
