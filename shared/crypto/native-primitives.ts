/**
 * The primitives from Node's crypto module: the same bytes as the JavaScript ones, several times faster. Which of them
 * a given build of Node or Electron really has is found out by self-test, not here.
 */
import { requireLength } from "./crypto-error.ts";
import { nativeKeys } from "./native-keys.ts";
import type { NodeCrypto } from "./node-crypto.ts";
import { AEAD_TAG_BYTES, KEY_BYTES, type Primitives } from "./primitives.ts";
import { timingSafeEqual } from "./timing-safe-equal.ts";

const ALL_ZERO = new Uint8Array(KEY_BYTES);

const ALGORITHM = "chacha20-poly1305";
const TAG = { authTagLength: AEAD_TAG_BYTES };

/** Wraps Node's crypto module. A primitive the build lacks throws when used. */
export function nativePrimitives(node: NodeCrypto): Primitives {
  const keys = nativeKeys(node);
  return {
    sha256: (data) => plain(node.createHash("sha256").update(data).digest()),
    hmacSha256: (key, data) => plain(node.createHmac("sha256", key).update(data).digest()),
    x25519: {
      publicKey(privateKey) {
        requireLength(privateKey, KEY_BYTES, "an X25519 private key");
        return keys.publicBytes(node.createPublicKey(keys.privateKey(privateKey)));
      },
      dh(privateKey, publicKey) {
        requireLength(privateKey, KEY_BYTES, "an X25519 private key");
        requireLength(publicKey, KEY_BYTES, "an X25519 public key");
        const pair = { privateKey: keys.privateKey(privateKey), publicKey: keys.publicKey(publicKey) };
        try {
          const shared = plain(node.diffieHellman(pair));
          return timingSafeEqual(shared, ALL_ZERO) ? undefined : shared;
        } catch {
          // Both keys were accepted above; what OpenSSL refuses here is an all-zero result.
          return undefined;
        }
      },
    },
    chacha20poly1305: {
      seal({ key, nonce, associatedData }, plaintext, into) {
        requireLength(into, plaintext.length + AEAD_TAG_BYTES, "the room for a sealed message");
        const cipher = node.createCipheriv(ALGORITHM, key, nonce, TAG);
        if (associatedData.length > 0) cipher.setAAD(associatedData);
        into.set(cipher.update(plaintext));
        cipher.final();
        into.set(cipher.getAuthTag(), plaintext.length);
      },
      open({ key, nonce, associatedData }, sealed) {
        const textLength = sealed.length - AEAD_TAG_BYTES;
        const decipher = node.createDecipheriv(ALGORITHM, key, nonce, TAG);
        if (textLength < 0) return undefined;
        decipher.setAuthTag(sealed.subarray(textLength));
        if (associatedData.length > 0) decipher.setAAD(associatedData);
        const plaintext = plain(decipher.update(sealed.subarray(0, textLength)));
        try {
          decipher.final();
        } catch {
          // Node says "unable to authenticate data" in no other way.
          return undefined;
        }
        return plaintext;
      },
    },
  };
}

/** Node gives Buffers, whose `slice` shares memory where Uint8Array's copies: nobody above may meet one unawares. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
