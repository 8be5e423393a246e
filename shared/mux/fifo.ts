/** A queue whose `shift` does not move the rest. */
export class Fifo<Item> {
  private items: (Item | undefined)[] = [];
  private first = 0;

  get length(): number {
    return this.items.length - this.first;
  }

  push(item: Item): void {
    this.items.push(item);
  }

  peek(): Item | undefined {
    return this.items[this.first];
  }

  shift(): Item | undefined {
    const item = this.items[this.first];
    this.items[this.first] = undefined;
    this.first += 1;
    if (this.first >= this.items.length) this.clear();
    else if (this.first === COMPACT_AT) {
      this.items = this.items.slice(COMPACT_AT);
      this.first = 0;
    }
    return item;
  }

  /** Lets go of the others; the order stays. */
  keep(isWanted: (item: Item) => boolean): void {
    const kept: Item[] = [];
    for (let item = this.shift(); item !== undefined; item = this.shift())
      if (isWanted(item)) kept.push(item);
    this.items = kept;
  }

  clear(): void {
    this.items = [];
    this.first = 0;
  }
}

/** Consumed places before the rest is moved down. */
const COMPACT_AT = 1024;
