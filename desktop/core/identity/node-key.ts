/**
 * The node's identity: one X25519 key in the secret store, made at the first start. Every pairing hangs on it, so a
 * damaged item stops the node and is left as it is; only the owner replaces it, by asking for a new identity.
 */
import { type CryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { type SecretStore, SecretsError } from "../secrets/secret-store.ts";

const ITEM = "node_key";
const VERSION = 1;
const KEY_BYTES = 32;

export interface IdentityOptions {
  readonly store: SecretStore;
  readonly backend: CryptoBackend;
}

/** The key in the store, or a fresh one that is in the store when this returns. @throws SecretsError */
export async function loadNodeKey({ store, backend }: IdentityOptions): Promise<StaticKey> {
  return (await readNodeKey({ store, backend })) ?? makeNodeKey({ store, backend });
}

/** The key in the store; undefined when there is none. @throws SecretsError `damaged`, or when the store fails. */
export async function readNodeKey({ store, backend }: IdentityOptions): Promise<StaticKey | undefined> {
  const text = await store.get(ITEM);
  if (text === undefined) return undefined;
  const key = decode(text);
  if (key === undefined) {
    throw new SecretsError(
      "damaged",
      "this PC's identity (node_key) cannot be read; it was left as it is: restore it, or run " +
        "the node's command new-identity, after which every device has to be paired again",
    );
  }
  return staticKeyFromPrivate(backend.x25519, key);
}

/** Replaces the key: this node is another one from now on, and no device knows it. @throws SecretsError */
export async function makeNodeKey({ store, backend }: IdentityOptions): Promise<StaticKey> {
  const key = generatePrivateKey(backend);
  await store.set(ITEM, JSON.stringify({ v: VERSION, key: encodeBase64Url(key) }));
  return staticKeyFromPrivate(backend.x25519, key);
}

function decode(text: string): Uint8Array | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Damaged; the parser's message would quote the key.
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { v, key } = value as Readonly<Record<string, unknown>>;
  const bytes = v === VERSION && typeof key === "string" ? decodeBase64Url(key) : undefined;
  return bytes?.length === KEY_BYTES ? bytes : undefined;
}
