/** Reads icons of 32-bit bitmaps and PNGs; checks that directory, headers and masks agree with the pictures. */
import type { Pixels } from "../raster.ts";
import { decodePng } from "./decode-png.ts";

function decodeBitmap(data: Buffer, size: number): Pixels {
  const maskStride = Math.ceil(size / 32) * 4;
  const expected = [40, size, size * 2, 1 + 32 * 65536, 0];
  if (expected.some((value, i) => data.readInt32LE(i * 4) !== value)) throw new Error("wrong bitmap header");
  if (data.length !== 40 + size * size * 4 + maskStride * size) throw new Error("wrong amount of data");
  const rgba = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const row = size - 1 - y;
      const [blue, green, red, alpha] = data.subarray(40 + (row * size + x) * 4);
      rgba.set([Number(red), Number(green), Number(blue), Number(alpha)], (y * size + x) * 4);
      const mask = data.readUInt8(40 + size * size * 4 + row * maskStride + (x >> 3));
      if (((mask << (x & 7)) & 0x80) !== (alpha === 0 ? 0x80 : 0)) throw new Error("mask and alpha differ");
    }
  }
  return { size, rgba };
}

export function decodeIco(bytes: Uint8Array): Pixels[] {
  const file = Buffer.from(bytes);
  if (file.readUInt32LE(0) !== 0x10000) throw new Error("not an icon");
  let end = 6 + file.readUInt16LE(4) * 16;
  const pictures = Array.from({ length: file.readUInt16LE(4) }, (_, i) => {
    const entry = file.subarray(6 + i * 16, 22 + i * 16);
    const size = entry.readUInt8(0) || 256;
    if (entry.readUInt8(1) !== size % 256 || entry.readUInt32LE(4) !== 1 + 32 * 65536) {
      throw new Error("wrong directory entry");
    }
    if (entry.readUInt32LE(12) !== end) throw new Error("pictures do not follow one another");
    const data = file.subarray(end, end + entry.readUInt32LE(8));
    end += data.length;
    const picture = data.readUInt8(0) === 0x89 ? decodePng(data) : decodeBitmap(data, size);
    if (picture.size !== size) throw new Error("directory and picture differ");
    return picture;
  });
  if (end !== file.length) throw new Error("bytes left over");
  return pictures;
}
