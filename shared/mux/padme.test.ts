import { describe, expect, it } from "vitest";
import { bucketWithin, isBucket, MAX_RECORD_BYTES, MIN_RECORD_BYTES, paddedLength } from "./padme.ts";

describe("padmé buckets", () => {
  it("pads to the lengths the published scheme gives", () => {
    const expected = [
      [0, 256],
      [255, 256],
      [256, 256],
      [257, 272],
      [1000, 1024],
      [1025, 1088],
      [9_999, 10_240],
      [61_441, 63_488],
      [63_488, 63_488],
    ] as const;
    for (const [length, padded] of expected) expect(paddedLength(length)).toBe(padded);
  });

  it("never adds more than an eighth above the minimum, and never shortens", () => {
    const wrong: number[] = [];
    for (let length = MIN_RECORD_BYTES; length <= MAX_RECORD_BYTES; length++) {
      const padded = paddedLength(length);
      const fits = padded >= length && padded <= length * 1.125 && padded <= MAX_RECORD_BYTES;
      if (!fits || !isBucket(padded)) wrong.push(length);
    }
    expect(wrong).toEqual([]);
  });

  it("finds the largest bucket within a limit", () => {
    const wrong: number[] = [];
    let largest = 0;
    for (let limit = 0; limit <= MAX_RECORD_BYTES + 10; limit++) {
      if (isBucket(limit)) largest = limit;
      if (bucketWithin(limit) !== largest) wrong.push(limit);
    }
    expect(wrong).toEqual([]);
  });

  it("refuses lengths between, below and above the buckets", () => {
    for (const length of [0, 255, 257, 63_487, 63_489, 65_536]) expect(isBucket(length)).toBe(false);
    for (const length of [256, 272, 63_488]) expect(isBucket(length)).toBe(true);
  });
});
