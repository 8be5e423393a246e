/**
 * An encrypted channel: a link whose messages are record plaintexts, on top of a link that carries frames. Both ends
 * count records, so a replayed, dropped, reordered, spliced, reflected or cut one ends the channel for good; so does
 * any frame but a record. It checks sizes and looks at no content.
 */

import type { Link, LinkClose, LinkListener } from "#shared/link.ts";
import { CLOSE, type CloseCode } from "#shared/protocol/close-codes.ts";
import type { CipherState } from "./cipher-state.ts";
import { CryptoError } from "./crypto-error.ts";
import { type DelayClock, EARLY_FRAME_COST_BYTES, MAX_EARLY_BYTES } from "./frame-inbox.ts";
import { FRAME, MAX_RECORD_PLAINTEXT_BYTES, RECORD_OVERHEAD_BYTES } from "./frames.ts";
import { InOrder } from "./in-order.ts";
import { RecordSender } from "./record-sender.ts";

/** Longest life of a channel (protocol section 4). The stream layer moves to another one an hour earlier. */
export const MAX_CHANNEL_AGE_MS = 24 * 60 * 60 * 1000;

export interface SecureChannelOptions {
  readonly link: Link<Uint8Array>;
  readonly send: CipherState;
  readonly receive: CipherState;
  readonly clock: DelayClock;
  /** Whether the peer has already proved that it is there: a client knows it from HS2, a node does not from HS1. */
  readonly confirmed: boolean;
  /** Ends the link under the channel, which then hears `closed`. */
  readonly kill: (close: LinkClose) => void;
}

export class SecureChannel implements Link<Uint8Array>, LinkListener<Uint8Array> {
  /** It encrypts at once, or the platform has taken a copy. */
  readonly copies = true;
  private readonly sending: CipherState;
  private readonly sender: RecordSender;
  private readonly receiving: CipherState;
  /** What came, as it is opened; undefined is what was refused. */
  private readonly opened = new InOrder<Uint8Array | undefined>((plaintext) => this.take(plaintext));
  private readonly kill: (close: LinkClose) => void;
  private readonly callOffAgeLimit: () => void;
  private listener: LinkListener<Uint8Array> | undefined;
  private early: Uint8Array[] = [];
  private earlyBytes = 0;
  private end: LinkClose | undefined;
  private isConfirmed: boolean;
  private onceConfirmed: (() => void)[] = [];

  constructor(options: SecureChannelOptions) {
    this.sending = options.send;
    this.sender = new RecordSender({
      link: options.link,
      cipher: options.send,
      drained: () => this.drained(),
      failed: () => this.die(CLOSE.POLICY_VIOLATION, "a record could not be made"),
    });
    this.receiving = options.receive;
    this.kill = options.kill;
    this.isConfirmed = options.confirmed;
    this.callOffAgeLimit = options.clock.after(MAX_CHANNEL_AGE_MS, () =>
      this.die(CLOSE.POLICY_VIOLATION, "channel too old"),
    );
  }

  /**
   * Whether the peer is who its key says. On a node this becomes true with the first valid record: until then the
   * first message may be forged by whoever holds the node's key, or replayed, and nothing may depend on it.
   */
  get confirmed(): boolean {
    return this.isConfirmed;
  }

  /** Runs a function when the peer is confirmed, before its first record is delivered; at once if it is already. */
  onConfirmed(run: () => void): void {
    if (this.isConfirmed) run();
    else this.onceConfirmed.push(run);
  }

  get queuedBytes(): number {
    return this.sender.queuedBytes;
  }

  /**
   * Encrypts and sends one record plaintext, of at most 63,488 bytes.
   * @throws CryptoError `too_long` above that.
   */
  send(plaintext: Uint8Array): void {
    if (this.end !== undefined) return;
    if (plaintext.length > MAX_RECORD_PLAINTEXT_BYTES)
      throw new CryptoError("too_long", "a record is too long");
    if (this.sending.exhausted) {
      this.die(CLOSE.POLICY_VIOLATION, "too many records");
      return;
    }
    this.sender.send(plaintext);
  }

  close(code: number, reason: string): void {
    this.sender.close(code, reason);
  }

  listen(listener: LinkListener<Uint8Array>): void {
    this.listener = listener;
    const { end, early } = this;
    this.early = [];
    for (const plaintext of early) {
      // It may end while these are delivered; then `closed` has told.
      if (this.end !== end) return;
      listener.message(plaintext);
    }
    if (end !== undefined) listener.closed(end);
  }

  /** A frame from the link below. */
  message(frame: Uint8Array): void {
    if (this.end !== undefined) return;
    if (frame[0] !== FRAME.RECORD || frame.length > MAX_RECORD_PLAINTEXT_BYTES + RECORD_OVERHEAD_BYTES) {
      this.die(CLOSE.BAD_REQUEST, "unexpected frame");
      return;
    }
    const sealed = frame.subarray(1);
    const later = this.receiving.openLater(sealed);
    if (later === undefined) this.opened.put(this.receiving.open(sealed));
    else this.opened.putLater(later);
  }

  drained(): void {
    this.listener?.drained();
  }

  /** What came before it is delivered first: it may say why. */
  closed(close: LinkClose): void {
    this.opened.whenEmpty(() => this.finish(close));
  }

  private take(plaintext: Uint8Array | undefined): void {
    if (this.end !== undefined) return;
    if (plaintext === undefined) {
      this.die(CLOSE.BAD_REQUEST, "record refused");
      return;
    }
    this.confirm();
    if (this.end === undefined) this.deliver(plaintext);
  }

  private finish(close: LinkClose): void {
    if (this.end !== undefined) return;
    this.end = close;
    this.sender.stop();
    this.callOffAgeLimit();
    this.listener?.closed(close);
  }

  private confirm(): void {
    if (this.isConfirmed) return;
    this.isConfirmed = true;
    const waiting = this.onceConfirmed;
    this.onceConfirmed = [];
    for (const run of waiting) run();
  }

  private deliver(plaintext: Uint8Array): void {
    if (this.listener !== undefined) {
      this.listener.message(plaintext);
      return;
    }
    this.earlyBytes += Math.max(plaintext.length, EARLY_FRAME_COST_BYTES);
    if (this.earlyBytes > MAX_EARLY_BYTES) this.die(CLOSE.TOO_BIG, "too much before anybody listens");
    else this.early.push(plaintext);
  }

  private die(code: CloseCode, reason: string): void {
    const close = { code, reason };
    this.kill(close);
    // Whatever is still being opened: it came behind what was refused, or is not wanted any more.
    this.finish(close);
  }
}
