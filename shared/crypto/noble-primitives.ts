/** The primitives in plain JavaScript: they work wherever the language does, also on a plain-http origin. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { requireLength } from "./crypto-error.ts";
import { AEAD_TAG_BYTES, KEY_BYTES, type Primitives } from "./primitives.ts";
import { x25519 } from "./x25519.ts";

export const noblePrimitives: Primitives = {
  sha256: (data) => sha256(data),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  x25519: {
    publicKey: (privateKey) => x25519.getPublicKey(privateKey),
    dh(privateKey, publicKey) {
      requireLength(privateKey, KEY_BYTES, "an X25519 private key");
      requireLength(publicKey, KEY_BYTES, "an X25519 public key");
      try {
        return x25519.getSharedSecret(privateKey, publicKey);
      } catch {
        // With both lengths right the library refuses one thing only: an all-zero result.
        return undefined;
      }
    },
  },
  chacha20poly1305: {
    seal({ key, nonce, associatedData }, plaintext, into) {
      requireLength(into, plaintext.length + AEAD_TAG_BYTES, "the room for a sealed message");
      chacha20poly1305(key, nonce, associatedData).encrypt(plaintext, into);
    },
    open({ key, nonce, associatedData }, sealed) {
      const cipher = chacha20poly1305(key, nonce, associatedData);
      try {
        return cipher.decrypt(sealed);
      } catch {
        // Key and nonce were checked above, so this is a wrong tag, or no room for one.
        return undefined;
      }
    },
  },
};
