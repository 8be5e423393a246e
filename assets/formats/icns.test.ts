import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeIcns, unpackRuns } from "../testing/decode-icns.ts";
import { encodeIcns, ICNS_ELEMENTS, packRuns } from "./icns.ts";

describe("macOS icons", () => {
  it("pack the known example: two literals, then runs of three, four and five", () => {
    const bytes = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5];
    const packed = [0x02, 1, 2, 2, 0x80, 3, 0x81, 4, 0x82, 5];
    expect(packRuns(Uint8Array.from(bytes))).toEqual(packed);
    expect(unpackRuns(Uint8Array.from(packed))).toEqual(bytes);
  });

  it("pack any bytes without loss, long runs and long literals too", () => {
    const stretch = fc.tuple(fc.nat(3), fc.constantFrom(1, 2, 3, 129, 130, 131));
    const bytes = fc.oneof(
      fc.array(fc.nat(255), { maxLength: 300 }),
      fc.array(stretch).map((runs) => runs.flatMap(([value, times]) => new Array<number>(times).fill(value))),
    );
    const property = fc.property(bytes, (values) => {
      expect(unpackRuns(Uint8Array.from(packRuns(Uint8Array.from(values))))).toEqual(values);
    });
    fc.assert(property);
  });

  it("split at the limits of one lead byte: 128 literals, runs of 130", () => {
    const rising = (count: number) => Uint8Array.from({ length: count }, (_, i) => i);
    expect(packRuns(rising(128))).toHaveLength(129);
    expect(packRuns(rising(129))).toHaveLength(131);
    expect(packRuns(new Uint8Array(130))).toEqual([255, 0]);
    expect(packRuns(new Uint8Array(131))).toEqual([255, 0, 0, 0]);
  });

  it("hold every element with the picture that was drawn for its size", () => {
    const draw = (size: number) => ({
      size,
      rgba: Uint8Array.from({ length: size * size * 4 }, (_, i) => (i * size) >> 7),
    });
    const elements = decodeIcns(encodeIcns(draw));
    expect([...elements.keys()]).toEqual(ICNS_ELEMENTS.map(([type]) => type));
    for (const [type, size] of ICNS_ELEMENTS) {
      expect(Buffer.compare(elements.get(type)?.rgba ?? new Uint8Array(0), draw(size).rgba), type).toBe(0);
    }
  });
});
