import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBody } from "./body.ts";

describe("a body of protocol 1", () => {
  it("is what was encoded, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(decodeBody(Buffer.from(bytes).toString("base64"), 1000)).toEqual(Buffer.from(bytes));
      }),
    );
    expect(decodeBody("", 0)).toBeUndefined();
  });

  it.each([
    ["a foreign character", "QUJ*"],
    ["the URL-safe alphabet", "-_-_"],
    ["missing padding", "QQ"],
    ["half the padding", "QQ="],
    ["too much padding", "QUI=="],
    ["padding alone", "===="],
    ["padding in the middle", "QQ==QUJD"],
    ["an impossible length", "QUJDR"],
    ["stray bits after the end", "QR=="],
    ["a line break", "QUJD\nQUJD"],
    ["a space", "QUJD "],
    ["a wide character that ends in an ASCII byte", "QUJ\u0143"],
    ["half a character", "QUJ\ud800"],
  ])("is refused with %s", (_, text) => {
    expect(decodeBody(text, 1000)).toBe("bad_body");
  });

  it("is checked to its end when it is long", () => {
    for (const size of [12_287, 12_288, 12_289, 30_000, 262_144]) {
      const text = Buffer.alloc(size, "body ").toString("base64");
      expect(decodeBody(text, size)).toHaveLength(size);
      for (const at of [0, 16_383, 16_384, text.length - 5]) {
        expect(decodeBody(`${text.slice(0, at)}-${text.slice(at + 1)}`, size + 4)).toBe("bad_body");
      }
    }
  });

  it("may be exactly as large as the cap, and no larger", () => {
    expect(decodeBody(Buffer.alloc(100).toString("base64"), 100)).toHaveLength(100);
    expect(decodeBody(Buffer.alloc(101).toString("base64"), 100)).toBe("body_too_large");
  });

  it("takes any text for a body without crashing, and only one text for each", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const body = decodeBody(text, 1000);
        if (body instanceof Buffer) expect(body.toString("base64")).toBe(text);
      }),
    );
  });
});
