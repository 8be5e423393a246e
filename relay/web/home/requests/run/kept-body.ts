/** The first part of a body, as much as this page will ever hold of one. */

/** Of one answer. */
export const MAX_KEPT_BYTES = 4 * 1024 * 1024;

export class KeptBody {
  private readonly limit: number;
  private chunks: Uint8Array<ArrayBuffer>[] = [];
  private length = 0;

  constructor(limit: number = MAX_KEPT_BYTES) {
    this.limit = limit;
  }

  get size(): number {
    return this.length;
  }

  get isFull(): boolean {
    return this.length >= this.limit;
  }

  /** Takes what there is room for, and gives back the rest. */
  take(chunk: Uint8Array): Uint8Array {
    const room = this.limit - this.length;
    if (room > 0 && chunk.length > 0) {
      // A copy: a small piece must not keep a large buffer alive.
      const taken = chunk.slice(0, room);
      this.chunks.push(taken);
      this.length += taken.length;
    }
    return chunk.subarray(Math.min(room, chunk.length));
  }

  /** All that is kept, in one piece. */
  bytes(): Uint8Array<ArrayBuffer> {
    const [only] = this.chunks;
    if (this.chunks.length === 1 && only !== undefined) return only;
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.chunks = [whole];
    return whole;
  }
}
