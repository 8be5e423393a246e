/** Random pictures for the codecs. */
import fc from "fast-check";
import type { Pixels } from "../raster.ts";

function pictureOf(size: number): fc.Arbitrary<Pixels> {
  const channel = fc.oneof(fc.constantFrom(0, 255), fc.nat(255));
  return fc
    .array(channel, { minLength: size * size * 4, maxLength: size * size * 4 })
    .map((values) => ({ size, rgba: Uint8Array.from(values) }));
}

/** Sizes around the steps of the formats: mask rows are padded to 32 pixels. */
export const anyPicture = fc.constantFrom(1, 2, 7, 8, 9, 31, 32, 33).chain(pictureOf);
