import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatTypedCode,
  generateLinkRoute,
  generatePlaintextCode,
  generateTypedCode,
  isLinkRoute,
  isTypedRoute,
  MAX_CODE_TEXT_LENGTH,
  normaliseCode,
  parsePlaintextCode,
  parseTypedCode,
} from "./pairing-code.ts";

const countingBytes = (length: number) => Uint8Array.from({ length }, (_, index) => index);

describe("normalising a typed code", () => {
  it("forgives case, spaces, hyphens and the letters that look like digits", () => {
    expect(normaliseCode(" k7qx - o1lI ")).toBe("K7QX0111");
    expect(normaliseCode("k7qx\u00a0\u2013\u2014abcd")).toBe("K7QXABCD");
  });

  it("refuses every other character", () => {
    for (const text of ["K7QU", "K7Q!", "K7Q_", "K7Qı", "K7Qſ", "K7Q\u0000", "K7Q４"]) {
      expect(normaliseCode(text), text).toBeUndefined();
    }
  });

  it("looks at texts up to the limit and no longer ones", () => {
    expect(normaliseCode("A".repeat(MAX_CODE_TEXT_LENGTH))).toBe("A".repeat(MAX_CODE_TEXT_LENGTH));
    expect(normaliseCode("A".repeat(MAX_CODE_TEXT_LENGTH + 1))).toBeUndefined();
  });

  it("never throws, and changes nothing the second time", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string()), (text) => {
        const once = normaliseCode(text);
        if (once !== undefined) expect(normaliseCode(once)).toBe(once);
      }),
    );
  });
});

describe("a plaintext code", () => {
  it("is ten symbols in two groups of five", () => {
    expect(generatePlaintextCode(countingBytes)).toBe("01234-56789");
    expect(parsePlaintextCode("o12345678 9")).toBe("01234-56789");
  });

  it("is refused with one symbol too few or too many", () => {
    expect(parsePlaintextCode("01234-5678")).toBeUndefined();
    expect(parsePlaintextCode("01234-567890")).toBeUndefined();
    expect(parsePlaintextCode("")).toBeUndefined();
  });

  it("uses each symbol equally often", () => {
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      const symbol = generatePlaintextCode((length) => new Uint8Array(length).fill(byte)).charAt(0);
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
    expect(counts.size).toBe(32);
    expect(new Set(counts.values())).toEqual(new Set([8]));
  });
});

describe("a typed code", () => {
  it("is a route and a secret of four symbols each", () => {
    const code = generateTypedCode(countingBytes);
    expect(code).toEqual({ route: "0123", secret: "4567" });
    expect(formatTypedCode(code)).toBe("0123-4567");
  });

  it("is read back from any way of typing it", () => {
    expect(parseTypedCode("k7qx-oil9")).toEqual({ route: "K7QX", secret: "0119" });
    expect(parseTypedCode("K 7 Q X 0 1 1 9")).toEqual({ route: "K7QX", secret: "0119" });
  });

  it("is refused with one symbol too few or too many", () => {
    expect(parseTypedCode("K7QX-011")).toBeUndefined();
    expect(parseTypedCode("K7QX-01199")).toBeUndefined();
  });

  it("survives formatting and parsing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        const code = generateTypedCode(() => bytes);
        expect(parseTypedCode(formatTypedCode(code))).toEqual(code);
      }),
    );
  });
});

describe("a route", () => {
  it("is four canonical symbols for a typed offer and sixteen for a link", () => {
    expect(generateLinkRoute(countingBytes)).toBe("0123456789ABCDEF");
    expect(isLinkRoute("0123456789ABCDEF")).toBe(true);
    expect(isTypedRoute("K7QX")).toBe(true);
  });

  it("is not its lower-case form, a longer or a shorter one, or the other kind's", () => {
    for (const text of ["k7qx", "K7Q", "K7QXX", "K7QO", "K7Q-", "K7QX\n", "0123456789ABCDEF"]) {
      expect(isTypedRoute(text), text).toBe(false);
    }
    for (const text of [
      "K7QX",
      "0123456789abcdef",
      "0123456789ABCDE",
      "0123456789ABCDEFG",
      "0123456789ABCDEU",
    ]) {
      expect(isLinkRoute(text), text).toBe(false);
    }
  });
});
