/**
 * The receiver's half of credit: what the peer may still send, what was received and is held, what is consumed
 * and not yet granted again, what stands in WINDOW frames that have not left. The four always add up to `size`,
 * so no credit can leak or appear.
 */
import { MuxError } from "./mux-error.ts";

export class ReceiveWindow {
  private whole: number;
  private open: number;
  private inUse = 0;
  private unreturned = 0;

  constructor(startBytes: number) {
    this.whole = startBytes;
    this.open = startBytes;
  }

  /** All that was ever granted and not taken back. */
  get size(): number {
    return this.whole;
  }

  /** What the peer may send before it hears of more. */
  get available(): number {
    return this.open;
  }

  /** Received and not consumed. */
  get held(): number {
    return this.inUse;
  }

  /** Throws MuxError `protocol` when the peer sends more than it was granted. */
  receive(bytes: number): void {
    if (bytes > this.open) throw new MuxError("protocol", "more was sent than granted");
    this.open -= bytes;
    this.inUse += bytes;
  }

  /** At most `held` bytes. */
  consume(bytes: number): void {
    this.inUse -= bytes;
    this.unreturned += bytes;
  }

  /** Makes the window larger; the difference waits to be granted. */
  grow(bytes: number): void {
    this.whole += bytes;
    this.unreturned += bytes;
  }

  /** Takes back what is above `size`, as far as it has not been granted. Returns by how much. */
  shrink(size: number): number {
    const less = Math.max(0, Math.min(this.unreturned, this.whole - size));
    this.whole -= less;
    this.unreturned -= less;
    return less;
  }

  /** Bytes for a WINDOW frame: all that waits once that is a quarter of the window, so frames stay few; else 0. */
  grant(): number {
    return this.unreturned * 4 < this.whole ? 0 : this.grantAll();
  }

  /** The same, however little it is. */
  grantAll(): number {
    const bytes = this.unreturned;
    this.unreturned = 0;
    return bytes;
  }

  /** A granted WINDOW frame leaves: only from here on may the peer use it. */
  granted(bytes: number): void {
    this.open += bytes;
  }
}
