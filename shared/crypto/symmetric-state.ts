/**
 * Noise's SymmetricState (revision 34, section 5.2): the chaining key, the hash of everything said so far, and the
 * cipher of the handshake. It computes and decides nothing.
 */
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { CryptoBackend } from "./backend.ts";
import { CipherState } from "./cipher-state.ts";
import { AEAD_TAG_BYTES } from "./primitives.ts";

const HASH_BYTES = 32;
const NOTHING = new Uint8Array(0);

export class SymmetricState {
  private readonly backend: CryptoBackend;
  private chainingKey: Uint8Array;
  private hash: Uint8Array;
  private cipher: CipherState | undefined;

  constructor(backend: CryptoBackend, protocolName: string) {
    const name = utf8ToBytes(protocolName);
    this.backend = backend;
    this.hash = new Uint8Array(HASH_BYTES);
    if (name.length <= HASH_BYTES) this.hash.set(name);
    else this.hash = backend.sha256(name);
    this.chainingKey = this.hash;
  }

  /** h: unique to the handshake once that is complete. */
  get handshakeHash(): Uint8Array {
    return this.hash;
  }

  mixHash(data: Uint8Array): void {
    this.hash = this.backend.sha256(concatBytes(this.hash, data));
  }

  mixKey(inputKeyMaterial: Uint8Array): void {
    const [chainingKey, key] = this.derive(inputKeyMaterial, 2);
    this.chainingKey = chainingKey;
    this.cipher = this.cipherFrom(key);
  }

  mixKeyAndHash(inputKeyMaterial: Uint8Array): void {
    const [chainingKey, hash, key] = this.derive(inputKeyMaterial, 3);
    this.chainingKey = chainingKey;
    this.mixHash(hash);
    this.cipher = this.cipherFrom(key);
  }

  /** How many bytes encryption adds now: none before the first key. */
  get overhead(): number {
    return this.cipher === undefined ? 0 : AEAD_TAG_BYTES;
  }

  /** Encrypts (in clear before the first key) and hashes what goes out. */
  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    let sent = plaintext;
    if (this.cipher !== undefined) {
      sent = new Uint8Array(plaintext.length + AEAD_TAG_BYTES);
      this.cipher.seal(plaintext, sent, this.hash);
    }
    this.mixHash(sent);
    return sent;
  }

  /** Decrypts and hashes what came in; undefined when it is not authentic. */
  decryptAndHash(received: Uint8Array): Uint8Array | undefined {
    const plaintext = this.cipher === undefined ? received.slice() : this.cipher.open(received, this.hash);
    this.mixHash(received);
    return plaintext;
  }

  /** The ciphers of the two directions: what the initiator sends, what the responder sends. */
  split(): [CipherState, CipherState] {
    const [fromInitiator, fromResponder] = this.derive(NOTHING, 2);
    return [this.cipherFrom(fromInitiator), this.cipherFrom(fromResponder)];
  }

  private cipherFrom(key: Uint8Array): CipherState {
    return new CipherState(this.backend.chacha20poly1305, key);
  }

  /** Noise's HKDF (section 4.3) is RFC 5869 with the chaining key as salt and no info. */
  private derive(inputKeyMaterial: Uint8Array, outputs: 2 | 3): [Uint8Array, Uint8Array, Uint8Array] {
    const parameters = { secret: inputKeyMaterial, salt: this.chainingKey, info: NOTHING };
    const bytes = this.backend.hkdfSha256({ ...parameters, length: outputs * HASH_BYTES });
    const output = (index: number) => bytes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
    return [output(0), output(1), output(2)];
  }
}
