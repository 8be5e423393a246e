/**
 * One direction of an encrypted connection: Noise's CipherState (revision 34, section 5.1) with the counter as nonce.
 * A nonce is never skipped, reused or retried. After one failed decryption it opens nothing more, ever.
 */
import { CryptoError } from "./crypto-error.ts";
import { AEAD_NONCE_BYTES, type Aead, type LaterAead, type LaterAeadFor } from "./primitives.ts";

/** Most messages under one key (protocol section 4); Noise itself would allow 2^64 - 1. */
export const MAX_MESSAGES_PER_KEY = 2 ** 32;

/** Of a text or ciphertext: shorter ones are done in less than it takes to wait for the platform. */
const LATER_FROM_BYTES = 2_048;

const NOTHING = new Uint8Array(0);

export class CipherState {
  private readonly aead: Aead;
  private readonly key: Uint8Array;
  /** 4 zero bytes and the counter as 64 bits, little-endian (section 12.3). The counter stays below 2^32. */
  private readonly nonce = new Uint8Array(AEAD_NONCE_BYTES);
  private readonly nonceView = new DataView(this.nonce.buffer);
  private count: number;
  private dead = false;
  private platform: LaterAead | undefined;

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

  /** From when this resolves on, the platform computes what is long, where it can. */
  async useLater(platform: LaterAeadFor): Promise<void> {
    this.platform = await platform(this.key);
  }

  /**
   * Encrypts the next message if that is to be waited for; resolves with undefined when the platform cannot go on. Gives
   * undefined when it is not, and nothing has happened: `seal` is to be called.
   * @throws CryptoError `wrong_state` when the key is exhausted.
   */
  sealLater(plaintext: Uint8Array): Promise<Uint8Array | undefined> | undefined {
    if (this.platform === undefined || plaintext.length < LATER_FROM_BYTES) return undefined;
    if (this.exhausted) throw new CryptoError("wrong_state", "this key has encrypted as much as it may");
    return this.platform.seal(this.next(NOTHING).nonce.slice(), plaintext);
  }

  /**
   * The same for the next message that came: resolves as `open` returns. Those that are under way when one is refused
   * are not this class's to hold back.
   */
  openLater(sealed: Uint8Array): Promise<Uint8Array | undefined> | undefined {
    if (this.platform === undefined || sealed.length < LATER_FROM_BYTES) return undefined;
    if (this.dead || this.exhausted) return undefined;
    return this.platform.open(this.next(NOTHING).nonce.slice(), sealed).then((plaintext) => {
      if (plaintext === undefined) this.dead = true;
      return plaintext;
    });
  }

  private next(associatedData: Uint8Array) {
    this.nonceView.setUint32(4, this.count, true);
    this.count += 1;
    return { key: this.key, nonce: this.nonce, associatedData };
  }
}
