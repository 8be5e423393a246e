/**
 * A file that is put together from a body as it comes. Pieces become Blobs, which the browser keeps outside of the page
 * and on the disk when they are many, so that this page never holds a large body.
 */

/** Pieces are handed to the browser in portions of this size. */
const PORTION_BYTES = 1024 * 1024;

export class FileBuilder {
  private portions: Blob[] = [];
  private waiting: Uint8Array<ArrayBuffer>[] = [];
  private waitingBytes = 0;

  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.waiting.push(chunk.slice());
    this.waitingBytes += chunk.length;
    if (this.waitingBytes >= PORTION_BYTES) this.flush();
  }

  /** The whole. Its type is one that no browser opens as a page. */
  file(): Blob {
    this.flush();
    return new Blob(this.portions, { type: "application/octet-stream" });
  }

  private flush(): void {
    if (this.waitingBytes > 0) this.portions.push(new Blob(this.waiting));
    this.waiting = [];
    this.waitingBytes = 0;
  }
}
