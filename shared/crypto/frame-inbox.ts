/**
 * What stands between a link and a handshake: it hands out frames one at a time, because a handshake computes between
 * them, keeps a bounded number meanwhile, and holds the deadline. When the handshake is done it passes everything on
 * to the channel. Whatever ends it ends it once.
 */
import type { Link, LinkClose, LinkListener } from "#shared/link.ts";
import { type HandshakeFailure, type HandshakeFailureName, handshakeFailure } from "./handshake-failure.ts";

/** Time, as far as handshakes need it. */
export interface DelayClock {
  /** Runs a function once after a delay; returns how to call it off. */
  after(delayMs: number, run: () => void): () => void;
}

/** No handshake within this time: closed (protocol section 4). */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * What may arrive before anybody listens: the channel credit a peer starts with (1 MiB), and room for records without
 * DATA. More is a flood.
 */
export const MAX_EARLY_BYTES = 1_310_720;
/** What a waiting frame costs at least, so that empty ones are not free. */
export const EARLY_FRAME_COST_BYTES = 64;

export class FrameInbox implements LinkListener<Uint8Array> {
  private readonly link: Link<Uint8Array>;
  private readonly waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private reader: (() => void) | undefined;
  private channel: LinkListener<Uint8Array> | undefined;
  private ended: HandshakeFailure | undefined;
  private readonly callOffDeadline: () => void;

  constructor(link: Link<Uint8Array>, clock: DelayClock, timeoutMs: number) {
    this.link = link;
    this.callOffDeadline = clock.after(timeoutMs, () => this.fail("timeout"));
    link.listen(this);
  }

  /** Why it ended, if it did. A handshake looks here after a pause, before it consumes anything. */
  get failure(): HandshakeFailure | undefined {
    return this.ended;
  }

  /**
   * The next frame, or why there will be none. What came before the other side closed is still handed out: the last
   * thing it said may be why. One reader at a time.
   */
  async next(): Promise<Uint8Array | HandshakeFailure> {
    for (;;) {
      const frame = this.waiting.shift();
      if (frame !== undefined) {
        this.waitingBytes -= cost(frame);
        return frame;
      }
      if (this.ended !== undefined) return this.ended;
      await new Promise<void>((resolve) => {
        this.reader = resolve;
      });
    }
  }

  /** The handshake is complete: what waits and what comes goes to the channel. The deadline goes on until `settle`. */
  handOver(channel: LinkListener<Uint8Array>): void {
    this.channel = channel;
    for (let frame = this.waiting.shift(); frame !== undefined; frame = this.waiting.shift())
      channel.message(frame);
    if (this.ended !== undefined) channel.closed(this.ended.close);
  }

  /** Calls the deadline off. */
  settle(): void {
    this.callOffDeadline();
  }

  /** Ends it from this side, and tells why it ended: the first reason stays. */
  fail(failure: Exclude<HandshakeFailureName, "closed">): HandshakeFailure {
    return this.ended ?? this.finish(handshakeFailure(failure));
  }

  /** Ends it from this side with a reason of the channel's own. */
  kill(close: LinkClose): void {
    if (this.ended === undefined) this.finish({ ok: false, failure: "protocol", close });
  }

  message(message: Uint8Array): void {
    if (this.ended !== undefined) return;
    if (this.channel !== undefined) {
      this.channel.message(message);
      return;
    }
    this.waitingBytes += cost(message);
    if (this.waitingBytes > MAX_EARLY_BYTES) {
      this.fail("protocol");
      return;
    }
    // A Buffer's `slice` would share memory with the socket's.
    this.waiting.push(new Uint8Array(message.buffer, message.byteOffset, message.length));
    this.wake();
  }

  drained(): void {
    this.channel?.drained();
  }

  closed(close: LinkClose): void {
    if (this.ended === undefined) this.conclude({ ok: false, failure: "closed", close });
  }

  private finish(failure: HandshakeFailure): HandshakeFailure {
    this.waiting.length = 0;
    this.link.close(failure.close.code, failure.close.reason);
    return this.conclude(failure);
  }

  private conclude(failure: HandshakeFailure): HandshakeFailure {
    this.ended = failure;
    this.callOffDeadline();
    this.channel?.closed(failure.close);
    this.wake();
    return failure;
  }

  private wake(): void {
    this.reader?.();
    this.reader = undefined;
  }
}

function cost(frame: Uint8Array): number {
  return Math.max(frame.length, EARLY_FRAME_COST_BYTES);
}
