import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeIco } from "../testing/decode-ico.ts";
import { anyPicture } from "../testing/pictures.ts";
import { encodeIco } from "./ico.ts";

const blank = (size: number) => ({ size, rgba: new Uint8Array(size * size * 4) });

describe("Windows icons", () => {
  it("give every picture back, in order", () => {
    const property = fc.property(fc.array(anyPicture, { maxLength: 4 }), (pictures) => {
      expect(decodeIco(encodeIco(pictures))).toEqual(pictures);
    });
    fc.assert(property, { numRuns: 30 });
  });

  it("store one opaque pixel as bottom-up BGRA with a clear mask", () => {
    const file = encodeIco([{ size: 1, rgba: Uint8Array.of(1, 2, 3, 4) }]);
    expect(Buffer.from(file).toString("hex")).toBe(
      "000001000100010100000100200030000000160000002800000001000000020000000100200000000000" +
        "000000000000000000000000000000000000000003020104" +
        "00000000",
    );
  });

  it("keep 255 pixels as a bitmap and 256 as PNG, and refuse 257", () => {
    expect(encodeIco([blank(255)])[22]).toBe(40);
    expect(encodeIco([blank(256)])[22]).toBe(0x89);
    expect(decodeIco(encodeIco([blank(256)]))).toEqual([blank(256)]);
    expect(() => encodeIco([blank(257)])).toThrow("up to 256 pixels, not 257");
  });
});
