/**
 * The body of a request on its way to the local API: stream chunks as a Node Readable. A chunk is taken from the
 * stream's credit only when the API's socket wants more, so that a slow API slows its own client and nobody else.
 */
import { Readable } from "node:stream";

export class RequestBody extends Readable {
  private readonly consumed: (bytes: number) => void;
  private readonly chunks: Uint8Array[] = [];
  private hasEnded = false;
  private isWanted = false;

  constructor(consumed: (bytes: number) => void) {
    super({ highWaterMark: 1 });
    this.consumed = consumed;
    // Whoever sends it reports its end; here nobody listens.
    this.on("error", () => undefined);
  }

  /** A chunk came from the client. */
  add(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.pass();
  }

  /** The client has sent everything. */
  complete(): void {
    this.hasEnded = true;
    this.pass();
  }

  /** The client will send no more, and what it sent is not whole. */
  cut(): void {
    this.chunks.length = 0;
    this.destroy(new Error("the request was cut"));
  }

  override _read(): void {
    this.isWanted = true;
    this.pass();
  }

  private pass(): void {
    while (this.isWanted) {
      const chunk = this.chunks.shift();
      if (chunk === undefined) break;
      this.isWanted = this.push(chunk);
      this.consumed(chunk.length);
    }
    if (this.hasEnded && this.chunks.length === 0 && !this.readableEnded && !this.destroyed) {
      this.hasEnded = false;
      this.push(null);
    }
  }
}
