/** A program that installs something: it has to end well, and says why where it does not. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Rejects with the program's own words. */
export async function runToEnd(command: string, args: readonly string[], cwd: string): Promise<void> {
  await promisify(execFile)(command, [...args], { cwd, maxBuffer: MAX_OUTPUT_BYTES });
}
