/** Numbers that a seed decides, so that what they chose can be chosen again. */

export interface Seeded {
  /** A whole number from `from` up to and including `to`. */
  between(from: number, to: number): number;
  /** One of these. The list must not be empty. */
  oneOf<Item>(items: readonly [Item, ...Item[]]): Item;
  /** True so often among a hundred. */
  percent(chance: number): boolean;
}

/** xorshift32 over a mixed seed, so that neighbouring seeds have nothing in common. */
export function seeded(seed: number): Seeded {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  const next = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  return {
    between: (from, to) => from + next(to - from + 1),
    oneOf: (items) => items[next(items.length)] ?? items[0],
    percent: (chance) => next(100) < chance,
  };
}
