/** Credit to send, of a stream or of the channel: spent by sending, added by WINDOW (protocol section 4, "Credit"). */
import { MuxError } from "./mux-error.ts";
import { MAX_CREDIT_BYTES } from "./mux-limits.ts";

export class SendCredit {
  private left: number;

  constructor(startBytes: number) {
    this.left = startBytes;
  }

  get available(): number {
    return this.left;
  }

  spend(bytes: number): void {
    this.left -= bytes;
  }

  /** Throws MuxError `protocol` above 2^31-1. */
  add(bytes: number): void {
    if (this.left + bytes > MAX_CREDIT_BYTES) throw new MuxError("protocol", "credit above 2^31-1");
    this.left += bytes;
  }
}
