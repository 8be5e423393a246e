/** All memory that another process can write to, as it lies there at this moment, garbage included. Linux alone. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** Undefined where the system does not show it. */
export function readProcessMemory(pid: number): Buffer | undefined {
  if (process.platform !== "linux") return undefined;
  const maps = readFileSync(`/proc/${pid}/maps`, "utf8");
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    return Buffer.concat(maps.split("\n").map((line) => readRegion(memory, line)));
  } finally {
    closeSync(memory);
  }
}

function readRegion(memory: number, line: string): Buffer {
  const [, from = "0", to = "0"] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
  const region = Buffer.alloc(Number.parseInt(to, 16) - Number.parseInt(from, 16));
  try {
    return region.subarray(0, readSync(memory, region, 0, region.length, BigInt(`0x${from}`)));
  } catch {
    // Unmapped since the list was made, or a device's.
    return Buffer.alloc(0);
  }
}
