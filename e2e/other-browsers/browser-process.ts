/**
 * A browser's process with a home of its own, which is gone when it has ended. Whatever it starts belongs to its group
 * and ends with it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A guard against a program that never says it is ready. Milliseconds. */
const START_MS = 60_000;

export interface BrowserProcess {
  /** Its profile is to be below. */
  readonly home: string;
  /** The first match in what the program says. Rejects when it ends before it has said so. */
  said(words: RegExp): Promise<RegExpExecArray>;
  end(): Promise<void>;
}

export async function browserHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), "ora-browser-"));
}

export function startBrowserProcess(options: {
  readonly home: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
}): BrowserProcess {
  const { home, command, args, env } = options;
  const child = spawn(command, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XDG_CACHE_HOME: home, ...env },
  });
  const heard = listenTo(child);
  const endNow = () => child.pid !== undefined && endGroup(child.pid);
  // Tests that are broken off leave no browser behind.
  process.once("exit", endNow);
  return {
    home,
    said: (words) => heard(words, command),
    async end() {
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      process.off("exit", endNow);
      endNow();
      if (!hasEnded && child.pid !== undefined) await once(child, "exit");
      // Its last children may still be writing.
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of them have ended by themselves.
  }
}

function listenTo(child: ChildProcess) {
  let text = "";
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const look of listeners) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      text += String(chunk);
      tell();
    });
  }
  let hasEnded = false;
  const ended = () => {
    hasEnded = true;
    tell();
  };
  child.on("exit", ended);
  child.on("error", (error) => {
    text += error.message;
    ended();
  });
  return (words: RegExp, command: string) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const done = () => {
        clearTimeout(guard);
        listeners.delete(look);
      };
      const look = () => {
        const found = words.exec(text);
        if (found === null && !hasEnded) return;
        done();
        if (found !== null) resolve(found);
        else reject(new Error(`${command} ended: ${text}`));
      };
      const guard = setTimeout(() => {
        done();
        reject(new Error(`${command} did not start: ${text}`));
      }, START_MS);
      listeners.add(look);
      look();
    });
}
