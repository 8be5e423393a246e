/**
 * Writes PNG (ISO/IEC 15948): RGBA, eight bits a channel, each row stored as its difference from the row
 * above, which suits flat shapes.
 */
import { crc32, deflateSync } from "node:zlib";
import type { Pixels } from "../raster.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGBA_8_BIT = [8, 6, 0, 0, 0];
/** The filter that leads each row: store the difference from the row above. */
const UP = Uint8Array.of(2);

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

export function encodePng({ size, rgba }: Pixels): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set(RGBA_8_BIT, 8);
  const stride = size * 4;
  const rows = Array.from({ length: size }, (_, y) => rgba.subarray(y * stride, (y + 1) * stride));
  const filtered = rows.flatMap((row, y) => {
    const above = rows[y - 1];
    return [UP, above === undefined ? row : row.map((value, x) => value - (above[x] ?? 0))];
  });
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(filtered), { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ]);
}
