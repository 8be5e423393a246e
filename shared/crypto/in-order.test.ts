import { describe, expect, it } from "vitest";
import { InOrder } from "./in-order.ts";

describe("values in order", () => {
  it("are handed on at once when nothing is before them", () => {
    const got: number[] = [];
    const values = new InOrder<number>((value) => got.push(value));
    values.put(1);
    values.put(2);
    values.whenEmpty(() => got.push(0));
    expect(got).toEqual([1, 2, 0]);
  });

  it("stay behind what comes later, also when they are put in while one is handed on", async () => {
    const got: number[] = [];
    const values = new InOrder<number>((value) => {
      if (value === 1) values.put(3);
      got.push(value);
    });
    values.putLater(Promise.resolve(1));
    values.put(2);
    values.whenEmpty(() => got.push(0));
    expect(got).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual([1, 2, 3, 0]);
  });
});
