/**
 * The receive window of a channel (protocol section 4, "Credit"). It counts whole records that carry DATA or WS,
 * and what was received counts as consumed at once, whatever became of the stream: so it bounds what is under
 * way and nothing a stream does can leak from it.
 */
import { CHANNEL_WINDOW_BYTES } from "./mux-limits.ts";
import { ReceiveWindow } from "./receive-window.ts";
import { WindowTuner } from "./window-tuner.ts";

export class ChannelWindow {
  private readonly window = new ReceiveWindow(CHANNEL_WINDOW_BYTES);
  private readonly largest: number;
  private readonly tuner: WindowTuner;

  /** `largest`: how far it may grow, the relay's `limits.channel_buffer`. */
  constructor(largest: number, now: number) {
    this.largest = largest;
    this.tuner = new WindowTuner(now);
  }

  get size(): number {
    return this.window.size;
  }

  /** What the peer may send before it hears of more. */
  get available(): number {
    return this.window.available;
  }

  /** A WINDOW that `receive` asked for leaves. */
  granted(bytes: number): void {
    this.window.granted(bytes);
  }

  /** Returns the bytes of a WINDOW to send, or 0. Throws MuxError `protocol` for more than was granted. */
  receive(bytes: number, now: number, roundTripMs: number | undefined): number {
    this.window.receive(bytes);
    this.window.consume(bytes);
    const { size } = this.window;
    const wanted = Math.min(this.tuner.consumed(bytes, size, now, roundTripMs), 2 * size, this.largest);
    if (wanted > size) this.window.grow(wanted - size);
    return this.window.grant();
  }
}
