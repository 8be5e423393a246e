import fc from "fast-check";
import { expect, it } from "vitest";
import { timingSafeEqual } from "./timing-safe-equal.ts";

it("equal bytes are equal, and one changed bit anywhere makes them differ", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), fc.nat(7), (bytes, place, bit) => {
      expect(timingSafeEqual(bytes, bytes.slice())).toBe(true);
      const changed = bytes.map((byte, index) => (index === place % bytes.length ? byte ^ (1 << bit) : byte));
      expect(timingSafeEqual(bytes, changed)).toBe(false);
    }),
  );
});

it("a prefix is not equal to the whole", () => {
  expect(timingSafeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0))).toBe(false);
  expect(timingSafeEqual(new Uint8Array(0), new Uint8Array(0))).toBe(true);
});
