/** How many files, and so sockets, the relay may have open: of the running one where its metrics tell, else of this process. */
import { readFile } from "node:fs/promises";
import { type Finding, note, ok, skipped } from "#shared/doctor/finding.ts";

/** Each socket takes one. Below this a few hundred people fill it. */
const MIN_OPEN_FILES = 4_096;
const METRICS_TIMEOUT_MS = 3_000;
/** Far above what the relay tells. */
const MAX_METRICS_LENGTH = 4 * 1024 * 1024;

export interface FileLimitOptions {
  /** `http://host:port` of the relay's own listener; undefined without one. */
  readonly admin: string | undefined;
  /** Reads this process's limits; another one in tests. */
  readonly read?: () => Promise<string>;
}

export async function examineFileLimit(options: FileLimitOptions): Promise<Finding> {
  const { admin, read = () => readFile("/proc/self/limits", "utf8") } = options;
  const running = admin === undefined ? undefined : await limitOfRunning(admin);
  const own = running ?? (await limitOfThis(read));
  if (own === undefined) return skipped("open_files", "this system does not tell its limit");
  const whose = running === undefined ? "a relay started from here" : "the running relay";
  if (own >= MIN_OPEN_FILES) return ok("open_files", `${whose} may have ${own} open`);
  return note(
    "open_files",
    `${whose} may have ${own} open, so about as many sockets`,
    "systemd: LimitNOFILE=262144 in the unit; Docker: ulimits: nofile; by hand: ulimit -n 65536",
  );
}

async function limitOfRunning(admin: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${admin}/metrics`, { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) });
    const text = (await response.text()).slice(0, MAX_METRICS_LENGTH);
    const value = /^process_max_fds (\d+)$/m.exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  } catch {
    // Whether it answers at all is another finding.
    return undefined;
  }
}

async function limitOfThis(read: () => Promise<string>): Promise<number | undefined> {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(await read())?.[1];
    if (soft === undefined) return undefined;
    return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // No such list on this system.
    return undefined;
  }
}
