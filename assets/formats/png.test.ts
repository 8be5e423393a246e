import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePng } from "../testing/decode-png.ts";
import { anyPicture } from "../testing/pictures.ts";
import { encodePng } from "./png.ts";

describe("PNG", () => {
  it("gives every picture back as it was", () => {
    const property = fc.property(anyPicture, (picture) => {
      expect(decodePng(encodePng(picture))).toEqual(picture);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it("stores rows as differences, so that equal rows cost nearly nothing", () => {
    const row = Array.from({ length: 256 * 4 }, (_, i) => (i * i * 31) % 251);
    const rgba = Uint8Array.from({ length: 256 * 256 * 4 }, (_, i) => row[i % row.length] ?? 0);
    expect(encodePng({ size: 256, rgba }).length).toBeLessThan(4096);
  });
});
