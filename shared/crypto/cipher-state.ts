/**
 * One direction of an encrypted connection: Noise's CipherState (revision 34, section 5.1) with the counter as nonce.
 * A nonce is never skipped, reused or retried. After one failed decryption it opens nothing more, ever.
 */
import { CryptoError } from "./crypto-error.ts";
import { AEAD_NONCE_BYTES, type Aead } from "./primitives.ts";

/** Most messages under one key (protocol section 4); Noise itself would allow 2^64 - 1. */
export const MAX_MESSAGES_PER_KEY = 2 ** 32;

const NOTHING = new Uint8Array(0);

export class CipherState {
  private readonly aead: Aead;
  private readonly key: Uint8Array;
  /** 4 zero bytes and the counter as 64 bits, little-endian (section 12.3). The counter stays below 2^32. */
  private readonly nonce = new Uint8Array(AEAD_NONCE_BYTES);
  private readonly nonceView = new DataView(this.nonce.buffer);
  private count: number;
  private dead = false;

  /** @param count messages that were already processed under this key: 0 outside tests. */
  constructor(aead: Aead, key: Uint8Array, count = 0) {
    this.aead = aead;
    this.key = key;
    this.count = count;
  }

  /** True when the key has been used as often as it may be. */
  get exhausted(): boolean {
    return this.count >= MAX_MESSAGES_PER_KEY;
  }

  /**
   * Encrypts the next message into `into`, which has 16 bytes more than the plaintext.
   * @throws CryptoError `wrong_state` when the key is exhausted.
   */
  seal(plaintext: Uint8Array, into: Uint8Array, associatedData: Uint8Array = NOTHING): void {
    if (this.exhausted) throw new CryptoError("wrong_state", "this key has encrypted as much as it may");
    this.aead.seal(this.next(associatedData), plaintext, into);
  }

  /** Decrypts the next message; undefined, now and for good, when it is not the one the peer sent next. */
  open(sealed: Uint8Array, associatedData: Uint8Array = NOTHING): Uint8Array | undefined {
    if (this.dead || this.exhausted) return undefined;
    const plaintext = this.aead.open(this.next(associatedData), sealed);
    this.dead = plaintext === undefined;
    return plaintext;
  }

  private next(associatedData: Uint8Array) {
    this.nonceView.setUint32(4, this.count, true);
    this.count += 1;
    return { key: this.key, nonce: this.nonce, associatedData };
  }
}
