/**
 * Cookies are as good as passwords, and too large for a keychain: they rest in files, sealed by a key of the secret
 * store (AES-256-GCM, which both Node's and Electron's OpenSSL have). A seal names whose cookies they are, so that one
 * device's file is nothing in another's place.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { type SecretStore, SecretsError } from "../secrets/secret-store.ts";

export const KEY_ITEM = "cookie_key";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 1;

export interface JarSeal {
  seal(device: string, cookies: Uint8Array): Uint8Array;
  /** Undefined for what was not sealed by this key for this device. */
  open(device: string, sealed: Uint8Array): Uint8Array | undefined;
}

/** The key in the store; undefined when there is none, `damaged` when it cannot be read. @throws SecretsError */
export async function readSeal(store: SecretStore): Promise<JarSeal | "damaged" | undefined> {
  try {
    const text = await store.get(KEY_ITEM);
    if (text === undefined) return undefined;
    const key = decodeBase64Url(text);
    return key?.length === KEY_BYTES ? sealBy(key) : "damaged";
  } catch (error) {
    if (error instanceof SecretsError && error.code === "damaged") return "damaged";
    throw error;
  }
}

/** Makes a key, which is in the store when this returns. @throws SecretsError */
export async function makeSeal(store: SecretStore): Promise<JarSeal> {
  const key = randomBytes(KEY_BYTES);
  await store.set(KEY_ITEM, encodeBase64Url(key));
  return sealBy(key);
}

function sealBy(key: Uint8Array): JarSeal {
  return {
    seal(device, cookies) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce);
      cipher.setAAD(contextOf(device));
      const sealed = Buffer.concat([cipher.update(cookies), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, sealed, cipher.getAuthTag()]);
    },
    open(device, sealed) {
      if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) return undefined;
      const end = sealed.length - TAG_BYTES;
      const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(contextOf(device));
      decipher.setAuthTag(sealed.subarray(end));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE_BYTES, end)), decipher.final()]);
      } catch {
        // The one thing it says is that the tag is wrong.
        return undefined;
      }
    },
  };
}

function contextOf(device: string): Uint8Array {
  return new TextEncoder().encode(`ora/2 cookies ${device}`);
}
