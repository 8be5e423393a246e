import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonFault } from "./find-fault.ts";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // That is what is asked.
    return false;
  }
}

describe("where JSON stops being JSON", () => {
  it("agrees with the engine on everything that is JSON", () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: "binary" }), fc.constantFrom(undefined, 1, "\t"), (text, indent) => {
        expect(findJsonFault(JSON.stringify(JSON.parse(text), null, indent))).toBeUndefined();
      }),
    );
  });

  it("agrees with the engine on what was damaged in one place", () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom("", ",", '"', "}", "]", "[", "{", ":", "\\", "0", "-", " ", "\n", "e"),
      )
      .map(([text, at, put]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + 1);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        expect(findJsonFault(text) === undefined).toBe(parses(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["", 1, 1, true],
    ["[1,", 1, 4, true],
    ["[1,]", 1, 4, false],
    ['{"a":01}', 1, 7, false],
    ['{\n "a": tru\n}', 2, 7, false],
    ['"a\nb"', 1, 3, false],
    ['"\\x"', 1, 2, false],
    ["{}\n{}", 2, 1, false],
    ["\ufeff{}", 1, 1, false],
  ])("%j: line %i, column %i", (text, line, column, isEnd) => {
    expect(findJsonFault(text)).toEqual({ line, column, isEnd });
    expect(parses(text)).toBe(false);
  });

  it("minds neither depth nor long strings", () => {
    const deep = "[".repeat(1_000_000);
    expect(findJsonFault(deep + "]".repeat(1_000_000))).toBeUndefined();
    expect(findJsonFault(deep)?.isEnd).toBe(true);
    expect(findJsonFault(JSON.stringify("\\u\n".repeat(1_000_000)))).toBeUndefined();
  });
});
