import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LONG_NAME, MAX_DRAWN_LENGTH, nameParts, visible } from "./shorten-middle.ts";

describe("a name from outside", () => {
  it("stays whole up to the limit, and keeps its end in sight just over it", () => {
    expect(nameParts("x".repeat(LONG_NAME))).toEqual({ head: "x".repeat(LONG_NAME), tail: "" });
    const { head, tail } = nameParts(`${"x".repeat(LONG_NAME)}9`);
    expect(tail).toBe("xxxxxxx9");
    expect(head + tail).toBe(`${"x".repeat(LONG_NAME)}9`);
  });

  it("is never cut inside a letter", () => {
    const family = "👩‍👩‍👧‍👦";
    const { head, tail } = nameParts(family.repeat(LONG_NAME + 1));
    expect(head.startsWith(family) && head.endsWith(family)).toBe(true);
    expect(tail.startsWith(family)).toBe(true);
  });

  it("is bounded, just under and just over the limit", () => {
    expect(visible("y".repeat(MAX_DRAWN_LENGTH))).toHaveLength(MAX_DRAWN_LENGTH);
    const cut = visible(`${"y".repeat(MAX_DRAWN_LENGTH)}z`);
    expect(cut.length).toBeLessThan(MAX_DRAWN_LENGTH);
    expect(cut).toContain("…");
    expect(cut.endsWith("z")).toBe(true);
  });

  it("holds no control, no mark that turns text about and no half letter, whatever came", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
        expect(visible(text)).not.toMatch(
          /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
        );
      }),
    );
    expect(visible(`Z${"\u0301".repeat(300)}a`)).toBe("Z\u0301\u0301a");
    expect(visible("a\u202eb\nc\ud83d")).toBe("ab␣c\ufffd");
  });
});
