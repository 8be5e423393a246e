/** Files of the kinds that phones have, made here: a picture, a recording, and one that is merely large. */
import { randomBytes } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";

const RATE = 22_050;
const BYTES_PER_SAMPLE = 2;

/** A PNG of 240 by 160, with noise in it, so that it does not fit into one record. */
export function picture(): Buffer {
  const [width, height] = [240, 160];
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + width * 3);
    const noise = randomBytes(width);
    for (let x = 0; x < width; x += 1) row.set([x, y + ((noise[x] ?? 0) & 31), 160], 1 + x * 3);
    return row;
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A WAV with a tone that rises: so long that a browser fetches only a part of it before it is asked to go on. */
export function recording(seconds: number): Buffer {
  const size = seconds * RATE * BYTES_PER_SAMPLE;
  const bytes = Buffer.alloc(44 + size);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + size, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * BYTES_PER_SAMPLE, 28);
  bytes.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  bytes.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(size, 40);
  for (let at = 0; at < size / BYTES_PER_SAMPLE; at += 1) {
    const time = at / RATE;
    bytes.writeInt16LE(Math.round(8_000 * Math.sin(2 * Math.PI * (220 + time) * time)), 44 + at * 2);
  }
  return bytes;
}
