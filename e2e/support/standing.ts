/** A program whose process may be another one from time to time: killed, frozen, and started again in its place. */
import type { AtTheEnd } from "./endings.ts";
import { type Program, startProgram } from "./program.ts";

export interface Standing {
  readonly name: string;
  /** The newest process. */
  readonly program: Program;
  /** Ends this one with the signal; resolves when it is gone. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Starts it again; resolves when it says that it is there. */
  start(): Promise<void>;
  /** Other arguments from the next start on. */
  setArgs(args: readonly string[]): void;
}

export interface StandingOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** The line by which it says that it is there. */
  readonly ready: RegExp;
}

/** Starts it for the first time. */
export async function startStanding(atTheEnd: AtTheEnd, options: StandingOptions): Promise<Standing> {
  const { name, command, ready, env = {}, cwd } = options;
  let { args } = options;
  let program: Program | undefined;
  const start = async () => {
    program = startProgram(command, args, { env, ...(cwd !== undefined && { cwd }) });
    await program.waitFor(ready);
  };
  atTheEnd(async () => {
    // A frozen one would not hear that it is to end.
    program?.kill("SIGCONT");
    await program?.stop();
  });
  await start();
  return {
    name,
    get program() {
      if (program === undefined) throw new Error(`${name} was never started`);
      return program;
    },
    start,
    setArgs(next) {
      args = next;
    },
    async end(signal) {
      program?.kill(signal);
      await program?.exited;
    },
  };
}
