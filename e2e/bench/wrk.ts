/** Requests per second as `wrk` counts them: a client in C that leaves the processors to what is measured. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface WrkResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const MS_PER: Record<string, number> = { us: 0.001, ms: 1, s: 1000 };

/** Runs wrk with `connections` for whole `seconds` (it takes no parts of one). Rejects when an answer was not 2xx. */
export async function runWrk(url: string, connections: number, seconds: number): Promise<WrkResult> {
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "--latency", url];
  const { stdout } = await run("wrk", args);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk ${url}:\n${stdout}`);
  const at = (share: string) => {
    const [, value, unit = "ms"] = stdout.match(new RegExp(`${share}%\\s+([\\d.]+)(us|ms|s)`)) ?? [];
    return Number(value) * (MS_PER[unit] ?? Number.NaN);
  };
  const requestsPerSecond = Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)?.[1]);
  return { requestsPerSecond, p50Ms: at("50"), p99Ms: at("99") };
}
