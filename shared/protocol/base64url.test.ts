import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64Url, encodeBase64Url } from "./base64url.ts";

describe("base64url", () => {
  // RFC 4648 section 10 without padding, and bytes that need both characters that differ from plain base64.
  const golden: [number[], string][] = [
    [[], ""],
    [[0x66], "Zg"],
    [[0x66, 0x6f], "Zm8"],
    [[0x66, 0x6f, 0x6f], "Zm9v"],
    [[0xfb, 0xff, 0xfe], "-__-"],
  ];

  it("gives and takes known examples", () => {
    for (const [plain, encoded] of golden) {
      expect(encodeBase64Url(Uint8Array.from(plain))).toBe(encoded);
      expect(decodeBase64Url(encoded)).toEqual(Uint8Array.from(plain));
    }
  });

  it("brings any bytes back unchanged", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  it("refuses non-zero trailing bits, impossible lengths, padding, plain base64 and foreign characters", () => {
    for (const text of ["Zh", "Zm9", "A", "AAAAA", "Zg==", "+//+", "Z g", "Zg\n", "Zé"]) {
      expect(decodeBase64Url(text), text).toBeUndefined();
    }
  });

  it("has one text for every byte string, whatever the text", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ABCDwxyz0189-_=+/"), maxLength: 24 });
    fc.assert(
      fc.property(text, (candidate) => {
        const bytes = decodeBase64Url(candidate);
        if (bytes !== undefined) expect(encodeBase64Url(bytes)).toBe(candidate);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (any) => void decodeBase64Url(any)));
  });
});
