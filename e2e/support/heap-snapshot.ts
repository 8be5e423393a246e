/** The heap of a program that runs, after a full garbage collection, as the text that V8 writes. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Program } from "./program.ts";
import { until } from "./until.ts";

/** Goes into the program's environment; its working directory is where the snapshot will be written. */
export const SNAPSHOT_ENV: Record<string, string> =
  process.platform === "win32" ? {} : { NODE_OPTIONS: "--heapsnapshot-signal=SIGUSR2" };

/** Undefined on Windows, which has no signal to ask for it. */
export async function heapSnapshot(program: Program, cwd: string): Promise<Buffer | undefined> {
  if (process.platform === "win32") return undefined;
  const before = new Set(await readdir(cwd));
  program.kill("SIGUSR2");
  let snapshot: Buffer = Buffer.alloc(0);
  await until("the heap snapshot was written", async () => {
    const name = (await readdir(cwd)).find((file) => file.endsWith(".heapsnapshot") && !before.has(file));
    if (name === undefined) return false;
    snapshot = await readFile(join(cwd, name));
    return snapshot.subarray(-8).toString().trimEnd().endsWith("]}");
  });
  return snapshot;
}
