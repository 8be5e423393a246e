/** Reads PNGs of eight-bit RGBA without interlacing, every filter; checks each chunk's sum. Throws on all else. */
import { crc32, inflateSync } from "node:zlib";
import type { Pixels } from "../raster.ts";

const SIGNATURE = "89504e470d0a1a0a";

function chunks(file: Buffer): Map<string, Buffer> {
  if (file.toString("hex", 0, 8) !== SIGNATURE) throw new Error("not a PNG");
  const found = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) throw new Error(`${type}: wrong sum`);
    found.set(type, Buffer.concat([found.get(type) ?? Buffer.alloc(0), file.subarray(at + 8, end)]));
    at = end + 4;
  }
  return found;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(guess - value));
  if (Number(toLeft) <= Number(toAbove) && Number(toLeft) <= Number(toCorner)) return left;
  return Number(toAbove) <= Number(toCorner) ? above : corner;
}

export function decodePng(bytes: Uint8Array): Pixels {
  const parts = chunks(Buffer.from(bytes));
  const header = parts.get("IHDR");
  const data = parts.get("IDAT");
  if (header === undefined || data === undefined || !parts.has("IEND")) throw new Error("chunks are missing");
  const size = header.readUInt32BE(0);
  if (header.readUInt32BE(4) !== size) throw new Error("not square");
  if (header.toString("hex", 8) !== "0806000000") throw new Error("not eight-bit RGBA");
  const stride = size * 4;
  const packed = inflateSync(data);
  if (packed.length !== size * (stride + 1)) throw new Error("wrong amount of data");
  const rgba = new Uint8Array(size * stride);
  for (let y = 0; y < size; y++) {
    const filter = packed.readUInt8(y * (stride + 1));
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < 4 ? 0 : Number(rgba[at - 4]);
      const above = y === 0 ? 0 : Number(rgba[at - stride]);
      const corner = x < 4 || y === 0 ? 0 : Number(rgba[at - stride - 4]);
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      if (guess === undefined) throw new Error(`no such filter: ${filter}`);
      rgba[at] = packed.readUInt8(y * (stride + 1) + 1 + x) + guess;
    }
  }
  return { size, rgba };
}
