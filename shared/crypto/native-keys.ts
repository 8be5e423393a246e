/**
 * Raw X25519 keys as Node's key objects and back. Node takes no raw ones: as JSON (RFC 8037) they cost a tenth of what
 * OpenSSL needs to find out what DER is, and a relay to which ten thousand nodes come back makes forty thousand. Where
 * that does not give what DER gives, it is DER.
 */
import { concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { decodeBase64Url, encodeBase64Url } from "../protocol/base64url.ts";
import type { KeyObject, NodeCrypto } from "./node-crypto.ts";
import { KEY_BYTES } from "./primitives.ts";

/** All of 32 bytes. What Node refuses is thrown. */
export interface NativeKeys {
  privateKey(raw: Uint8Array): KeyObject;
  publicKey(raw: Uint8Array): KeyObject;
  publicBytes(key: KeyObject): Uint8Array;
}

export function nativeKeys(node: NodeCrypto): NativeKeys {
  const der = derKeys(node);
  const jwk = jwkKeys(node);
  return agree(node, der, jwk) ? jwk : der;
}

/** What stands before the 32 raw bytes in the DER forms of RFC 8410. */
const PKCS8_PREFIX = hexToBytes("302e020100300506032b656e04220420");
const SPKI_PREFIX = hexToBytes("302a300506032b656e032100");

function derKeys(node: NodeCrypto): NativeKeys {
  return {
    privateKey: (raw) =>
      node.createPrivateKey({ key: concatBytes(PKCS8_PREFIX, raw), format: "der", type: "pkcs8" }),
    publicKey: (raw) =>
      node.createPublicKey({ key: concatBytes(SPKI_PREFIX, raw), format: "der", type: "spki" }),
    publicBytes: (key) =>
      new Uint8Array(key.export({ format: "der", type: "spki" })).slice(SPKI_PREFIX.length),
  };
}

const KIND = { kty: "OKP", crv: "X25519" } as const;
/** RFC 8037 wants the public key beside the private one. Node asks for it and makes its own. */
const ANY_PUBLIC = encodeBase64Url(new Uint8Array(KEY_BYTES));

function jwkKeys(node: NodeCrypto): NativeKeys {
  return {
    privateKey: (raw) =>
      node.createPrivateKey({ key: { ...KIND, x: ANY_PUBLIC, d: encodeBase64Url(raw) }, format: "jwk" }),
    publicKey: (raw) => node.createPublicKey({ key: { ...KIND, x: encodeBase64Url(raw) }, format: "jwk" }),
    publicBytes: (key) => decodeBase64Url(key.export({ format: "jwk" }).x ?? "") ?? new Uint8Array(0),
  };
}

/** Whether both make the same public key of a private one, and read it alike. */
function agree(node: NodeCrypto, one: NativeKeys, other: NativeKeys): boolean {
  try {
    const raw = new Uint8Array(KEY_BYTES).fill(7);
    const made = [one, other].map((keys) => keys.publicBytes(node.createPublicKey(keys.privateKey(raw))));
    const read = made.map((bytes) => other.publicBytes(one.publicKey(bytes)));
    const readBack = made.map((bytes) => one.publicBytes(other.publicKey(bytes)));
    return new Set([...made, ...read, ...readBack].map(encodeBase64Url)).size === 1;
  } catch {
    // One of the forms is not known here.
    return false;
  }
}
