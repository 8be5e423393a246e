/**
 * The sending half of an encrypted channel: makes frames of record plaintexts and gives them to the link in order, also
 * when the platform encrypts and says later. What is being encrypted counts as queued, and closing waits for it.
 */
import type { Link } from "#shared/link.ts";
import type { CipherState } from "./cipher-state.ts";
import { FRAME, RECORD_OVERHEAD_BYTES } from "./frames.ts";
import { InOrder } from "./in-order.ts";

/** Puts the ciphertext, behind the type byte, on a multiple of four, where JavaScript encrypts a fifth faster. */
const ALIGNMENT_BYTES = 3;
/** `drained` is told while less than this is being encrypted. */
const LOW_WATER_BYTES = 128 * 1024;

export interface RecordSenderOptions {
  readonly link: Link<Uint8Array>;
  readonly cipher: CipherState;
  readonly drained: () => void;
  /** The platform could not encrypt: nothing more is sent. */
  readonly failed: () => void;
}

export class RecordSender {
  private readonly options: RecordSenderOptions;
  private readonly frames = new InOrder<Uint8Array | undefined>((frame) => this.give(frame));
  /** Of frames that are not with the link yet. */
  private waitingBytes = 0;
  private isOver = false;

  constructor(options: RecordSenderOptions) {
    this.options = options;
  }

  get queuedBytes(): number {
    return this.options.link.queuedBytes + this.waitingBytes;
  }

  /** @throws CryptoError `wrong_state` when the key is exhausted. */
  send(plaintext: Uint8Array): void {
    const { link, cipher } = this.options;
    const frameBytes = plaintext.length + RECORD_OVERHEAD_BYTES;
    const later = cipher.sealLater(plaintext);
    const isNext = this.waitingBytes === 0;
    if (later !== undefined || !isNext) this.waitingBytes += frameBytes;
    if (later !== undefined) {
      this.frames.putLater(later.then(frameOf));
      return;
    }
    const frame = (isNext ? link.lend?.(frameBytes) : undefined) ?? alignedFrame(frameBytes);
    frame[0] = FRAME.RECORD;
    cipher.seal(plaintext, frame.subarray(1));
    this.frames.put(frame);
  }

  close(code: number, reason: string): void {
    this.frames.whenEmpty(() => this.options.link.close(code, reason));
  }

  /** Gives the link nothing more. */
  stop(): void {
    this.isOver = true;
  }

  private give(frame: Uint8Array | undefined): void {
    const { link, drained, failed } = this.options;
    if (this.isOver) return;
    if (frame === undefined) {
      this.isOver = true;
      failed();
      return;
    }
    link.send(frame);
    if (this.waitingBytes === 0) return;
    this.waitingBytes -= frame.length;
    if (this.waitingBytes < LOW_WATER_BYTES) drained();
  }
}

function frameOf(sealed: Uint8Array | undefined): Uint8Array | undefined {
  if (sealed === undefined) return undefined;
  const frame = new Uint8Array(1 + sealed.length);
  frame[0] = FRAME.RECORD;
  frame.set(sealed, 1);
  return frame;
}

function alignedFrame(bytes: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(ALIGNMENT_BYTES + bytes), ALIGNMENT_BYTES);
}
