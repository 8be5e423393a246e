/**
 * Known-answer tests of the primitives, quick enough for every start. They decide which implementation is used, so each
 * also checks the refusal that matters: a changed tag must not open, a low-order point must not give a secret.
 */
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import {
  AEAD_TAG_BYTES,
  type Aead,
  type HashFunction,
  KEY_BYTES,
  type LaterAeadFor,
  type MacFunction,
  type Primitives,
  type X25519,
} from "./primitives.ts";
import { timingSafeEqual } from "./timing-safe-equal.ts";

/** One test per primitive: true when the implementation gave every known answer. It may throw instead of saying false. */
export const SELF_TESTS: { [Name in keyof Primitives]: (primitive: Primitives[Name]) => boolean } = {
  sha256: testSha256,
  hmacSha256: testHmacSha256,
  x25519: testX25519,
  chacha20poly1305: testChaCha20Poly1305,
};

/** FIPS 180-4, "abc". */
function testSha256(sha256: HashFunction): boolean {
  return isHex(
    sha256(utf8ToBytes("abc")),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
}

/** RFC 4231, test case 2. */
function testHmacSha256(hmacSha256: MacFunction): boolean {
  const mac = hmacSha256(utf8ToBytes("Jefe"), utf8ToBytes("what do ya want for nothing?"));
  return isHex(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/** RFC 7748, section 6.1, and the point of order one. */
function testX25519(x25519: X25519): boolean {
  const alice = hexToBytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
  const bobPublic = hexToBytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  return (
    isHex(x25519.publicKey(alice), "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a") &&
    isHex(x25519.dh(alice, bobPublic), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742") &&
    x25519.dh(alice, new Uint8Array(KEY_BYTES)) === undefined
  );
}

/** RFC 8439, section 2.8.2, and a tag that differs in its last bit. */
function testChaCha20Poly1305(aead: Aead): boolean {
  const { key, nonce, associatedData, plaintext, sealed } = rfc8439();
  const parameters = { key, nonce, associatedData };
  const into = new Uint8Array(sealed.length);
  aead.seal(parameters, plaintext, into);
  const opened = aead.open(parameters, sealed);
  return (
    timingSafeEqual(into, sealed) &&
    opened !== undefined &&
    timingSafeEqual(opened, plaintext) &&
    aead.open(parameters, forged(sealed)) === undefined
  );
}

/**
 * Whether the platform's own cipher gives what a tested one does, and refuses a changed tag. It may throw instead of
 * saying false.
 */
export async function testLaterAead(tested: Aead, platform: LaterAeadFor): Promise<boolean> {
  const { key, nonce, plaintext } = rfc8439();
  const sealed = new Uint8Array(plaintext.length + AEAD_TAG_BYTES);
  tested.seal({ key, nonce, associatedData: new Uint8Array(0) }, plaintext, sealed);
  const aead = await platform(key);
  if (aead === undefined) return false;
  const [into, opened, refused] = await Promise.all([
    aead.seal(nonce, plaintext),
    aead.open(nonce, sealed),
    aead.open(nonce, forged(sealed)),
  ]);
  return (
    into !== undefined &&
    timingSafeEqual(into, sealed) &&
    opened !== undefined &&
    timingSafeEqual(opened, plaintext) &&
    refused === undefined
  );
}

function rfc8439() {
  return {
    key: hexToBytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
    nonce: hexToBytes("070000004041424344454647"),
    associatedData: hexToBytes("50515253c0c1c2c3c4c5c6c7"),
    plaintext: utf8ToBytes(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
        "sunscreen would be it.",
    ),
    sealed: hexToBytes(
      "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b" +
        "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc" +
        "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
    ),
  };
}

function forged(sealed: Uint8Array): Uint8Array {
  const changed = sealed.slice();
  const last = sealed.length - 1;
  changed.set([(sealed[last] ?? 0) ^ 1], last);
  return changed;
}

function isHex(bytes: Uint8Array | undefined, hex: string): boolean {
  return bytes !== undefined && timingSafeEqual(bytes, hexToBytes(hex));
}
