/** Things that happen, to be waited for in their order. */

export interface Mailbox<Item> {
  put(item: Item): void;
  next(): Promise<Item>;
  /** Everything that has come and that nobody has taken. */
  takeAll(): Item[];
}

export function mailbox<Item>(): Mailbox<Item> {
  const items: Item[] = [];
  const takers: ((item: Item) => void)[] = [];
  return {
    put(item) {
      const taker = takers.shift();
      if (taker) taker(item);
      else items.push(item);
    },
    next() {
      const item = items.shift();
      if (item !== undefined) return Promise.resolve(item);
      return new Promise((resolve) => takers.push(resolve));
    },
    takeAll: () => items.splice(0),
  };
}
