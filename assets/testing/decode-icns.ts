/** Reads macOS icons whose elements are PNG or run-length coded ARGB. */
import type { Pixels } from "../raster.ts";
import { decodePng } from "./decode-png.ts";

export function unpackRuns(packed: Uint8Array): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < packed.length; ) {
    const lead = Number(packed[i]);
    if (lead < 128) {
      bytes.push(...packed.subarray(i + 1, i + 2 + lead));
      i += lead + 2;
    } else {
      bytes.push(...new Array<number>(lead - 125).fill(Number(packed[i + 1])));
      i += 2;
    }
  }
  return bytes;
}

function decodeArgb(data: Buffer): Pixels {
  const channels = unpackRuns(data.subarray(4));
  const pixels = channels.length / 4;
  const size = Math.sqrt(pixels);
  if (!Number.isInteger(size)) throw new Error("not four channels of a square");
  const rgba = new Uint8Array(channels.length);
  for (const [i, value] of channels.entries()) {
    rgba[(i % pixels) * 4 + Number([3, 0, 1, 2][Math.floor(i / pixels)])] = value;
  }
  return { size, rgba };
}

/** Element type → picture. */
export function decodeIcns(bytes: Uint8Array): Map<string, Pixels> {
  const file = Buffer.from(bytes);
  if (file.toString("latin1", 0, 4) !== "icns" || file.readUInt32BE(4) !== file.length) {
    throw new Error("not a macOS icon");
  }
  const found = new Map<string, Pixels>();
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
    const data = file.subarray(at + 8, at + file.readUInt32BE(at + 4));
    const argb = data.toString("latin1", 0, 4) === "ARGB";
    found.set(file.toString("latin1", at, at + 4), argb ? decodeArgb(data) : decodePng(data));
  }
  return found;
}
