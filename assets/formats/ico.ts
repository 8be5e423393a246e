/**
 * Writes Windows icons. Pictures below 256 pixels are stored as 32-bit bitmaps, which every reader takes
 * (resource editors and installers among them refuse small PNGs); those of 256 as PNG. Larger ones cannot
 * be described by the format.
 */
import type { Pixels } from "../raster.ts";
import { encodePng } from "./png.ts";

const PNG_FROM_PX = 256;
const BITMAP_HEADER_BYTES = 40;
const DIRECTORY_ENTRY_BYTES = 16;

/** A device-independent bitmap: BGRA from the bottom row up, then one bit a pixel that says "leave out". */
function bitmap({ size, rgba }: Pixels): Buffer {
  const maskStride = Math.ceil(size / 32) * 4;
  const colourBytes = size * size * 4;
  const data = Buffer.alloc(BITMAP_HEADER_BYTES + colourBytes + maskStride * size);
  data.writeUInt32LE(BITMAP_HEADER_BYTES, 0);
  data.writeInt32LE(size, 4);
  data.writeInt32LE(size * 2, 8); // Colour and mask are counted as one bitmap of twice the height.
  data.writeUInt16LE(1, 12);
  data.writeUInt16LE(32, 14);
  const source = Buffer.from(rgba.buffer, rgba.byteOffset, rgba.byteLength);
  for (let y = 0; y < size; y++) {
    const row = size - 1 - y;
    for (let x = 0; x < size; x++) {
      const rgb = source.readUInt32BE((y * size + x) * 4) >>> 8;
      const alpha = source.readUInt8((y * size + x) * 4 + 3);
      data.writeUInt32LE(alpha * 0x1000000 + rgb, BITMAP_HEADER_BYTES + (row * size + x) * 4);
      const mask = BITMAP_HEADER_BYTES + colourBytes + row * maskStride + (x >> 3);
      if (alpha === 0) data.writeUInt8(data.readUInt8(mask) | (0x80 >> (x & 7)), mask);
    }
  }
  return data;
}

/** Throws when a picture is larger than 256 pixels. */
export function encodeIco(pictures: readonly Pixels[]): Uint8Array {
  const header = Buffer.alloc(6 + pictures.length * DIRECTORY_ENTRY_BYTES);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  const images = pictures.map((picture) =>
    picture.size >= PNG_FROM_PX ? encodePng(picture) : bitmap(picture),
  );
  let offset = header.length;
  for (const [i, image] of images.entries()) {
    const size = pictures[i]?.size ?? 0;
    if (size > 256) throw new Error(`an ico file holds pictures up to 256 pixels, not ${size}`);
    const entry = 6 + i * DIRECTORY_ENTRY_BYTES;
    header.writeUInt8(size % 256, entry); // 0 stands for 256.
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(image.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += image.length;
  }
  return Buffer.concat([header, ...images]);
}
