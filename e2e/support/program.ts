/**
 * One of our programs, or any other, as a process of its own: started with a clean environment, watched line
 * by line, and ended for certain.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

export interface Program {
  readonly pid: number;
  /** Everything printed so far, a line each, standard output and error together. */
  readonly lines: readonly string[];
  /** Resolves with the match once a line matches, among those printed already or later. */
  waitFor(pattern: RegExp, from?: number): Promise<RegExpMatchArray>;
  /** The most memory it has held, in bytes; undefined where the system does not tell. */
  peakMemory(): Promise<number | undefined>;
  /** The memory it holds now, in bytes; undefined where the system does not tell. */
  memory(): Promise<number | undefined>;
  kill(signal: NodeJS.Signals): void;
  /** Asks it to end, forces it after `deadlineMs`, and resolves with its exit code (null when forced). */
  stop(deadlineMs?: number): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

const DEADLINE_MS = 20_000;

/** Starts `command`. The environment is this process's without any `ORA_` name, plus `env`. */
export function startProgram(
  command: string,
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Program {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("ORA_"));
  const child = spawn(command, [...args], {
    env: { ...Object.fromEntries(inherited), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const name = [command, ...args].join(" ");
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      for (const watch of watchers) watch();
    });
  }
  const exited = once(child, "close").then(([code]): number | null => code);
  // A program that cannot be started at all is reported by whoever waits for one of its lines.
  child.on("error", (error) => lines.push(String(error)));

  return {
    pid: child.pid ?? -1,
    lines,
    exited,
    waitFor(pattern, from = 0) {
      return new Promise((resolve, reject) => {
        const fail = (why: string) => {
          finish();
          reject(new Error(`${name}: ${why} before a line matched ${pattern}\n${lines.join("\n")}`));
        };
        const look = () => {
          for (const line of lines.slice(from)) {
            const match = line.match(pattern);
            if (match) {
              finish();
              return resolve(match);
            }
          }
        };
        const deadline = setTimeout(() => fail(`${DEADLINE_MS} ms passed`), DEADLINE_MS);
        const finish = () => {
          clearTimeout(deadline);
          watchers.delete(look);
        };
        watchers.add(look);
        void exited.then((code) => fail(`it ended with ${code}`));
        look();
      });
    },
    peakMemory: () => statusBytes(child, "VmHWM"),
    memory: () => statusBytes(child, "VmRSS"),
    kill: (signal) => {
      child.kill(signal);
    },
    async stop(deadlineMs = 10_000) {
      const force = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
      child.kill("SIGTERM");
      const code = await exited;
      clearTimeout(force);
      return code;
    },
  };
}

async function statusBytes(child: ChildProcess, field: string): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8");
    const kib = status.match(new RegExp(`^${field}:\\s+(\\d+) kB`, "m"))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    // Not Linux, or the process is gone: the figure is unknown, which the caller shows as such.
    return undefined;
  }
}
