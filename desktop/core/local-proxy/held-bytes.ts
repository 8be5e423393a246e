/** Bytes that came in pieces and are read when there are enough, in memory that grows by doubling. */

const START_BYTES = 1_024;

export class HeldBytes {
  private memory = Buffer.alloc(0);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** Holds what `bytes` has from `from` on. */
  add(bytes: Buffer, from: number): void {
    const needed = this.used + bytes.length - from;
    if (needed > this.memory.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.memory.length, START_BYTES));
      this.memory.copy(larger, 0, 0, this.used);
      this.memory = larger;
    }
    bytes.copy(this.memory, this.used, from);
    this.used = needed;
  }

  /** Where `bytes` are found from `from` on, or -1. */
  indexOf(bytes: Buffer, from: number): number {
    return this.memory.subarray(0, this.used).indexOf(bytes, from);
  }

  /** Whether all that is held agrees with `beginning`, as far as either goes. */
  mayBegin(beginning: Buffer): boolean {
    const shared = Math.min(this.used, beginning.length);
    return this.memory.compare(beginning, 0, shared, 0, shared) === 0;
  }

  /** The first `length` bytes as latin-1. Nothing is held afterwards. */
  take(length: number): string {
    const text = this.memory.toString("latin1", 0, length);
    this.memory = Buffer.alloc(0);
    this.used = 0;
    return text;
  }
}
