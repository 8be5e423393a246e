/**
 * The relay as a child process. It is ready when it says where it listens; it ends when it is told to, and also when
 * this process vanishes without telling it. It stands in a process group of its own where there are such, so that
 * Ctrl-C reaches it once, through us, and in order.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { EXIT } from "#shared/config/exit-code.ts";
import type { Environment } from "#shared/config/settings.ts";

export interface RelayProcess {
  /** Where it listens, `http://HOST:PORT`. */
  readonly url: string;
  /** Why it ended by itself: a few words. Never resolves after `stop`. */
  readonly died: Promise<string>;
  /** Ends it, at the latest after six seconds by force. */
  stop(): Promise<void>;
}

export interface RelayProcessOptions {
  /** The relay's bundle. */
  readonly program: string;
  readonly env: Environment;
  /** What it logs once it runs. */
  readonly printError: (line: string) => void;
}

/** The relay could not start; the message is for the user. */
export class RelayStartError extends Error {
  readonly code = "relay_start_failed";
  /** The relay's own exit code, where it had one. */
  readonly exitCode: number;

  constructor(message: string, exitCode?: number | null) {
    super(message);
    this.name = "RelayStartError";
    this.exitCode = exitCode || EXIT.FAILED;
  }
}

const READY_TIMEOUT_MS = 10_000;
/** A little more than the relay itself takes for its clean end. */
const STOP_TIMEOUT_MS = 6_000;
const LISTENING = /listening on (https?:\/\/\S+)/;

/** Runs in the child before the relay: when the channel to us closes, we are gone. */
const END_WITH_PARENT = `data:text/javascript,${encodeURIComponent(
  'process.on("disconnect", () => process.kill(process.pid, "SIGTERM")); process.channel.unref();',
)}`;

function exitText(child: ChildProcess): string {
  return child.signalCode === null ? `exit code ${child.exitCode}` : `signal ${child.signalCode}`;
}

/** @throws {RelayStartError} with the relay's own words, when it does not come up within ten seconds. */
export async function startRelayProcess(options: RelayProcessOptions): Promise<RelayProcess> {
  if (!existsSync(options.program)) {
    throw new RelayStartError(`${options.program} is missing: run \`npm run build\``);
  }
  const child = spawn(process.execPath, ["--import", END_WITH_PARENT, options.program], {
    env: options.env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const early: string[] = [];
  let url: string | undefined;
  let stopping = false;
  let ready: (url: string) => void;
  const listening = new Promise<string>((resolve) => {
    ready = resolve;
  });

  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = LISTENING.exec(line)?.[1];
      if (url !== undefined) options.printError(line);
      else if (found !== undefined) {
        url = found;
        ready(found);
      }
    });
  }
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (url === undefined) early.push(line);
      else options.printError(line);
    });
  }

  async function stop(): Promise<void> {
    stopping = true;
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(force);
  }

  const outcome = await new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), READY_TIMEOUT_MS);
    const settle = (value: string | undefined) => {
      clearTimeout(timer);
      resolve(value);
    };
    void listening.then(settle);
    void exited.then(() => settle(undefined));
  });
  if (outcome === undefined) {
    await stop();
    throw new RelayStartError(
      early.join("\n") || `the relay did not start (${exitText(child)})`,
      child.exitCode,
    );
  }
  return {
    url: outcome,
    died: new Promise((resolve) => {
      void exited.then(() => {
        if (!stopping) resolve(exitText(child));
      });
    }),
    stop,
  };
}
