import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanName, MAX_NAME_LENGTH } from "./device-name.ts";

describe("a device's name", () => {
  it.each([
    ["Ann's phone", "Ann's phone"],
    ["  a \t b\r\n c  ", "a b c"],
    ["\u001b[31mred\u0007", "[31mred"],
    ["evil\u202egnp.exe", "evilgnp.exe"],
    ["a\u200bb\u2066c\ufeff", "abc"],
    ["two\u2028lines", "two lines"],
    ["<b>bold</b>", "<b>bold</b>"],
    ["手机", "手机"],
    ["", "unnamed device"],
    ["\u202e \u0000", "unnamed device"],
    ["\ud800x", "x"],
  ])("%j is shown as %j", (given, shown) => expect(cleanName(given)).toBe(shown));

  it("is cut where it is too long, between characters", () => {
    expect(cleanName("x".repeat(MAX_NAME_LENGTH))).toHaveLength(MAX_NAME_LENGTH);
    expect(cleanName("x".repeat(MAX_NAME_LENGTH + 1))).toHaveLength(MAX_NAME_LENGTH);
    expect(Array.from(cleanName("🦊".repeat(10_000)))).toHaveLength(MAX_NAME_LENGTH);
  });

  it("is the same when cleaned again, bounded, and one visible line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
        const name = cleanName(text);
        expect(cleanName(name)).toBe(name);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(256);
        expect(name).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(name).not.toBe("");
      }),
      { numRuns: 2000 },
    );
  });
});
