/**
 * Finds things by a number of their own, where they come and go all the time: an open-addressed table (linear probing,
 * deletion by shifting back) in arrays that stay the same. A Map does that too, but replaces its table after a few dozen
 * changes, and V8's collector then moves what the dead tables still refer to (see slots.ts).
 */

const SMALLEST = 16;
const EMPTY = -1;

export class NumberTable<Value> {
  /** Its length is a power of two, and at least half of it is empty. */
  private keys: number[] = new Array<number>(SMALLEST).fill(EMPTY);
  private values: (Value | undefined)[] = new Array<undefined>(SMALLEST).fill(undefined);
  private count = 0;

  get size(): number {
    return this.count;
  }

  get(key: number): Value | undefined {
    return this.values[this.find(key)];
  }

  /** `key` is a whole number from 0 to 2^31-1. Replaces what has it already. */
  set(key: number, value: Value): void {
    if ((this.count + 1) * 2 > this.keys.length) this.grow();
    const at = this.find(key);
    if (this.keys[at] === EMPTY) this.count += 1;
    this.keys[at] = key;
    this.values[at] = value;
  }

  /** Does nothing when there is none. */
  delete(key: number): void {
    let hole = this.find(key);
    if (this.keys[hole] === EMPTY) return;
    this.count -= 1;
    const mask = this.keys.length - 1;
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const moved = this.keys[at] ?? EMPTY;
      if (moved === EMPTY) break;
      // It may move to the hole unless that lies before the place where looking for it begins.
      if (((at - (moved & mask)) & mask) < ((at - hole) & mask)) continue;
      this.keys[hole] = moved;
      this.values[hole] = this.values[at];
      hole = at;
    }
    this.keys[hole] = EMPTY;
    this.values[hole] = undefined;
  }

  /** Where the key is, or the empty place where it would be. */
  private find(key: number): number {
    const mask = this.keys.length - 1;
    let at = key & mask;
    while (this.keys[at] !== key && this.keys[at] !== EMPTY) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Array<number>(keys.length * 2).fill(EMPTY);
    this.values = new Array<undefined>(keys.length * 2).fill(undefined);
    keys.forEach((key, at) => {
      if (key === EMPTY) return;
      const place = this.find(key);
      this.keys[place] = key;
      this.values[place] = values[at];
    });
  }
}
