/** What a benchmark runs against: the API, the relay and the node, each a process of its own, on free ports. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Program, startProgram } from "../support/program.ts";

const CROWD_DEADLINE_MS = 120_000;
const CROWD_LOOK_MS = 50;

/** The folder of the built programs: this file is bundled into it. */
const dist = fileURLToPath(new URL(".", import.meta.url));

export interface Stage {
  /** `http://` origins. */
  readonly api: string;
  readonly relay: string;
  readonly relayProgram: Program;
  readonly nodeProgram: Program;
  /** The plaintext code that the node showed first. */
  readonly code: string;
  /** The pairing link that it shows, and has not been asked for here before. */
  link(): Promise<string>;
  /** Where the node keeps its state; its control socket is there. */
  readonly stateDir: string;
  /** Ends this program too when the stage ends. */
  alsoStop(program: Program): void;
  stop(): Promise<void>;
}

function startNode(script: string, args: string[], env: Record<string, string> = {}): Program {
  return startProgram(process.execPath, [join(dist, script), ...args], { env });
}

async function startApi(): Promise<{ program: Program; origin: string }> {
  const program = startNode("bench.mjs", ["api"]);
  const [, port] = await program.waitFor(/^api on (\d+)$/);
  return { program, origin: `http://127.0.0.1:${port}` };
}

export async function startRelay(
  env: Record<string, string> = {},
): Promise<{ program: Program; origin: string }> {
  const program = startNode("relay.mjs", [], { ORA_RELAY_PORT: "0", ORA_RELAY_LOG_LEVEL: "warn", ...env });
  const [, origin = ""] = await program.waitFor(/relay listening on (http:\S+)/);
  return { program, origin };
}

export interface Crowd {
  begin(port: number, count: number): void;
  /** When all were online, in Unix milliseconds: the next time that this has not told before. */
  allOnline(): Promise<number>;
  stop(): Promise<void>;
}

/** A process that is to hold thousands of nodes. */
export function startCrowd(): Crowd {
  let program: Program | undefined;
  let looked = 0;
  let ended: string | undefined;
  return {
    begin(port, count) {
      program = startNode("bench.mjs", ["crowd", String(port), String(count)]);
      void program.exited.then((code) => {
        ended = `it ended with ${code}`;
      });
    },
    async allOnline() {
      if (program === undefined) throw new Error("the crowd has not begun");
      for (
        const deadline = Date.now() + CROWD_DEADLINE_MS;
        Date.now() < deadline;
        await pause(CROWD_LOOK_MS)
      ) {
        if (ended !== undefined) break;
        const fresh = program.lines.slice(looked);
        looked += fresh.length;
        for (const line of fresh) {
          const at = /^all online at (\d+)$/.exec(line)?.[1];
          if (at !== undefined) return Number(at);
        }
      }
      throw new Error(
        `the crowd is not online: ${ended ?? "it takes too long"}\n${program.lines.slice(-20).join("\n")}`,
      );
    },
    async stop() {
      await program?.stop();
    },
  };
}

/** Starts a proxy that delays in front of a port; resolves with it and its own port. */
export async function startDelayProxy(
  targetPort: number,
  delayMs: number,
): Promise<{ program: Program; port: number }> {
  const program = startNode("bench.mjs", ["delay", String(targetPort), String(delayMs)]);
  const [, port] = await program.waitFor(/^proxy on (\d+)$/);
  return { program, port: Number(port) };
}

/**
 * Starts `ora-connect` with a link and resolves when it listens. `relay` is the relay's address where it is not the one
 * in the link, which is how the node reaches it.
 */
export async function startConnect(
  link: string,
  relay?: string,
): Promise<{ program: Program; origin: string }> {
  const args = relay === undefined ? [link] : [link, "--relay", relay];
  const program = startNode("connect.mjs", args, { ORA_NODE_SECRETS: "memory" });
  const [, origin = ""] = await program.waitFor(/^listening on (http:\S+)/);
  return { program, origin };
}

/**
 * Starts all three. With `proxied`, the node reaches the relay through what that returns; with `relay`, that one is used,
 * and does not end with the stage.
 */
export async function startStage(
  options: {
    proxied?: (relayPort: number) => Promise<{ program: Program; port: number }>;
    relay?: { readonly program: Program; readonly origin: string };
  } = {},
): Promise<Stage> {
  const programs: Program[] = [];
  const stateDir = await mkdtemp(join(tmpdir(), "ora-bench-"));
  const api = await startApi();
  const relay = options.relay ?? (await startRelay());
  programs.push(api.program);
  if (options.relay === undefined) programs.push(relay.program);
  let relayUrl = relay.origin.replace(/^http/, "ws");
  if (options.proxied) {
    const proxy = await options.proxied(Number(new URL(relay.origin).port));
    programs.push(proxy.program);
    relayUrl = `ws://127.0.0.1:${proxy.port}`;
  }
  const nodeProgram = startNode("node.mjs", [], {
    ORA_RELAY_URL: relayUrl,
    ORA_NODE_API_BASE_URL: api.origin,
    ORA_NODE_SECRETS: "memory",
    ORA_NODE_STATE_DIR: stateDir,
  });
  programs.push(nodeProgram);
  let looked = 0;
  const [, code = ""] = await nodeProgram.waitFor(/^pairing_code=(\S+)/);
  return {
    api: api.origin,
    relay: relay.origin,
    relayProgram: relay.program,
    nodeProgram,
    code,
    async link() {
      const match = await nodeProgram.waitFor(/^pairing_link=(\S+)/, looked);
      looked = nodeProgram.lines.indexOf(match.input ?? "", looked) + 1;
      return match[1] ?? "";
    },
    stateDir,
    alsoStop: (program) => programs.push(program),
    async stop() {
      for (const program of programs.reverse()) await program.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
