import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OVERSCAN_ROWS, rowForKey, scrollToShow, visibleRange } from "./visible-range.ts";

const geometry = fc.record({
  scrollTop: fc.integer({ min: -100, max: 500_000 }),
  height: fc.integer({ min: 0, max: 2_000 }),
  rowHeight: fc.constantFrom(36, 58),
  count: fc.nat(10_000),
});

describe("the rows in sight", () => {
  it("cover what can be seen, and little more, wherever it is scrolled to", () => {
    fc.assert(
      fc.property(geometry, (place) => {
        const { first, end } = visibleRange(place);
        const { height, rowHeight, count } = place;
        const most = Math.max(0, count * rowHeight - height);
        const top = Math.min(Math.max(0, place.scrollTop), most);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(count);
        expect(first * rowHeight).toBeLessThanOrEqual(top);
        expect(end === count || end * rowHeight >= top + height).toBe(true);
        expect(end - first).toBeLessThanOrEqual(Math.ceil(height / rowHeight) + 2 * OVERSCAN_ROWS + 2);
      }),
    );
  });

  it("come into sight whole when they are chosen, and move nothing when they are there", () => {
    const place = { scrollTop: 360, height: 360, rowHeight: 36, count: 100 };
    expect(scrollToShow(10, place)).toBe(360);
    expect(scrollToShow(19, place)).toBe(360);
    expect(scrollToShow(9, place)).toBe(324);
    expect(scrollToShow(20, place)).toBe(396);
  });
});

describe("the keys of the list", () => {
  it("lead to a row, and never beyond the ends", () => {
    expect(rowForKey("ArrowDown", -1, 5, 2)).toBe(0);
    expect(rowForKey("ArrowDown", 4, 5, 2)).toBe(4);
    expect(rowForKey("ArrowUp", 0, 5, 2)).toBe(0);
    expect(rowForKey("ArrowUp", -1, 5, 2)).toBe(0);
    expect(rowForKey("PageDown", 1, 5, 2)).toBe(3);
    expect(rowForKey("PageUp", 1, 5, 2)).toBe(0);
    expect(rowForKey("Home", 3, 5, 2)).toBe(0);
    expect(rowForKey("End", 0, 5, 2)).toBe(4);
    expect(rowForKey("x", 0, 5, 2)).toBeUndefined();
    expect(rowForKey("Home", -1, 0, 2)).toBeUndefined();
  });
});
