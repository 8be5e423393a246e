/**
 * Writes macOS icons: the ten elements that Apple's iconutil writes, from 16 points to 512 points at double
 * scale. The two smallest are run-length coded ARGB (macOS 11 and later), since PNG in their place is drawn
 * wrongly by the Finder; the others are PNG.
 */
import type { Pixels } from "../raster.ts";
import { encodePng } from "./png.ts";

/** Element type and the size of its picture in pixels. */
export const ICNS_ELEMENTS = [
  ["ic04", 16],
  ["ic11", 32],
  ["ic05", 32],
  ["ic12", 64],
  ["ic07", 128],
  ["ic13", 256],
  ["ic08", 256],
  ["ic14", 512],
  ["ic09", 512],
  ["ic10", 1024],
] as const;

const ARGB_ELEMENTS: readonly string[] = ["ic04", "ic05"];
const LITERAL_MAX = 128;
const RUN_MIN = 3;
const RUN_MAX = 130;

function runLength(bytes: Uint8Array, start: number): number {
  let end = start + 1;
  while (end < bytes.length && end - start < RUN_MAX && bytes[end] === bytes[start]) end++;
  return end - start;
}

/** Apple's variant of PackBits: 0–127 leads so many bytes plus one, 128–255 repeats a byte 3–130 times. */
export function packRuns(bytes: Uint8Array): number[] {
  const packed: number[] = [];
  let literal: number[] = [];
  const flush = () => {
    if (literal.length > 0) packed.push(literal.length - 1, ...literal);
    literal = [];
  };
  for (let i = 0; i < bytes.length; ) {
    const [value, run] = [bytes[i] ?? 0, runLength(bytes, i)];
    if (run >= RUN_MIN) {
      flush();
      packed.push(run - RUN_MIN + 128, value);
      i += run;
    } else {
      literal.push(value);
      if (literal.length === LITERAL_MAX) flush();
      i++;
    }
  }
  flush();
  return packed;
}

/** The four channels one after the other, alpha first, each packed by itself. */
function encodeArgb({ rgba }: Pixels): Uint8Array {
  const channel = (index: number) => packRuns(rgba.filter((_, i) => i % 4 === index));
  return Buffer.concat([Buffer.from("ARGB"), Uint8Array.from([3, 0, 1, 2].flatMap(channel))]);
}

function element(type: string, data: Uint8Array): Buffer {
  const framed = Buffer.alloc(data.length + 8);
  framed.write(type, 0, "latin1");
  framed.writeUInt32BE(framed.length, 4);
  framed.set(data, 8);
  return framed;
}

/** `draw` is asked for each size, once for every element that needs it. */
export function encodeIcns(draw: (size: number) => Pixels): Uint8Array {
  const elements = ICNS_ELEMENTS.map(([type, size]) => {
    const picture = draw(size);
    return element(type, ARGB_ELEMENTS.includes(type) ? encodeArgb(picture) : encodePng(picture));
  });
  return element("icns", Buffer.concat(elements));
}
