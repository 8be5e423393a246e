/**
 * The app's log: one JSON line an event, in the system's folder for logs, bounded by two files. An error is told by its
 * name, its code and where it happened; its message could quote anything and is left out. A disk that is full costs the
 * line and nothing else.
 */
import { appendFile, mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";

export const MAX_LOG_BYTES = 512 * 1024;
const MAX_FRAMES = 12;
const MAX_WAITING = 200;

export interface LogFile {
  event(name: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  fault(error: unknown): void;
  /** When what was logged so far is written. */
  written(): Promise<void>;
}

export function logFile({
  directory,
  clock,
}: {
  readonly directory: string;
  readonly clock: Clock;
}): LogFile {
  const path = join(directory, "ora.log");
  let queue: Promise<void> = Promise.resolve();
  let waiting = 0;

  async function write(line: string): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size + line.length > MAX_LOG_BYTES) await rename(path, `${path}.1`).catch(() => undefined);
    await appendFile(path, line, { mode: 0o600 });
  }

  function put(fields: object): void {
    // A fault in a loop must not fill the memory.
    if (waiting >= MAX_WAITING) return;
    waiting += 1;
    const line = `${JSON.stringify({ time: new Date(clock.now()).toISOString(), ...fields })}\n`;
    queue = queue
      .then(() => write(line))
      .catch(() => {
        // There is nowhere left to say it.
      })
      .finally(() => {
        waiting -= 1;
      });
  }

  return {
    event: (name, fields = {}) => put({ event: name, ...fields }),
    fault: (error) => put({ event: "fault", ...describeFault(error) }),
    written: () => queue,
  };
}

function describeFault(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code.slice(0, 64) } : {};
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const at = frames
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim().replace(/\(?(file:\/\/)?[^\s(]*[\\/]/, "("));
  const cause = error.cause instanceof Error ? { cause: error.cause.name } : {};
  return { name: error.name, ...code, ...cause, at };
}
