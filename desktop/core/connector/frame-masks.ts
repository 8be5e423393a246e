/**
 * Masks for what one socket sends (RFC 6455 section 5.3). They keep somebody who chose the text of a message from
 * choosing what a proxy on the way sees. Binary messages are ciphertext of protocol 2: nobody chooses those bytes, so
 * their mask is zero, and ws does not copy them. Everything else gets a random one: plaintext answers carry what the
 * local API says, and a pong carries what the relay says.
 */
import { randomFillSync } from "node:crypto";

/** Drawn at a time: asking the system for four bytes costs as much as for thousands. */
const POOL_BYTES = 4_096;

export class FrameMasks {
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private used = POOL_BYTES;
  private isCiphertext = false;

  /** Called by ws for each frame, in the turn in which it is sent. */
  readonly generate = (mask: Buffer): void => {
    if (this.isCiphertext) {
      mask.fill(0);
      return;
    }
    if (this.used + mask.length > this.pool.length) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    this.pool.copy(mask, 0, this.used, this.used + mask.length);
    this.used += mask.length;
  };

  /** What `send` sends is ciphertext. */
  ciphertext(send: () => void): void {
    this.isCiphertext = true;
    try {
      send();
    } finally {
      this.isCiphertext = false;
    }
  }
}
