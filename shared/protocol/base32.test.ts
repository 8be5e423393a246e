import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase32, encodeBase32 } from "./base32.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

describe("base32", () => {
  // RFC 4648 section 10, in lower case and without padding.
  const golden = [
    ["", ""],
    ["f", "my"],
    ["fo", "mzxq"],
    ["foo", "mzxw6"],
    ["foob", "mzxw6yq"],
    ["fooba", "mzxw6ytb"],
    ["foobar", "mzxw6ytboi"],
  ] as const;

  it("gives and takes the RFC 4648 examples", () => {
    for (const [plain, encoded] of golden) {
      expect(encodeBase32(ascii(plain))).toBe(encoded);
      expect(decodeBase32(encoded)).toEqual(ascii(plain));
    }
  });

  it("brings any bytes back unchanged", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(decodeBase32(encodeBase32(bytes))).toEqual(bytes);
      }),
    );
  });

  it("refuses non-zero trailing bits, impossible lengths, padding, upper case and foreign characters", () => {
    for (const text of ["mz", "a", "aaa", "aaaaaa", "my======", "MY", "m1", "m y", "mý", "my\n"]) {
      expect(decodeBase32(text), text).toBeUndefined();
    }
  });

  it("has one text for every byte string, whatever the text", () => {
    const text = fc.string({
      unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz234567=A1"),
      maxLength: 24,
    });
    fc.assert(
      fc.property(text, (candidate) => {
        const bytes = decodeBase32(candidate);
        if (bytes !== undefined) expect(encodeBase32(bytes)).toBe(candidate);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (any) => void decodeBase32(any)));
  });
});
