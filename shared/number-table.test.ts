import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumberTable } from "./number-table.ts";

/** Numbers that begin their search at the same few places. */
const crowded = fc.oneof(
  fc.nat({ max: 5 }).map((n) => n * 16),
  fc.nat({ max: 5 }).map((n) => n * 16 + 15),
  fc.nat({ max: 40 }),
  fc.constant(2 ** 31 - 1),
);

describe("a table of numbers", () => {
  it("holds what a Map holds, whatever is set and deleted, also where searches collide", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: crowded, isSet: fc.boolean() })), (turns) => {
        const table = new NumberTable<number>();
        const model = new Map<number, number>();
        turns.forEach(({ key, isSet }, turn) => {
          if (isSet) {
            table.set(key, turn);
            model.set(key, turn);
          } else {
            table.delete(key);
            model.delete(key);
          }
          expect(table.size).toBe(model.size);
        });
        for (const { key } of turns) expect(table.get(key)).toBe(model.get(key));
      }),
    );
  });

  it("finds each of thousands after half of them have gone", () => {
    const table = new NumberTable<string>();
    for (let i = 0; i < 5_000; i += 1) table.set(i * 3, `${i}`);
    for (let i = 0; i < 5_000; i += 2) table.delete(i * 3);
    expect(table.size).toBe(2_500);
    for (let i = 0; i < 5_000; i += 1) expect(table.get(i * 3)).toBe(i % 2 === 0 ? undefined : `${i}`);
  });

  it("an unknown number is not found, nor deleted", () => {
    const table = new NumberTable<string>();
    table.set(1, "one");
    table.delete(17);
    expect(table.get(17)).toBeUndefined();
    expect(table.get(1)).toBe("one");
    expect(table.size).toBe(1);
  });
});
