/**
 * The programs of one installation, each a process of its own, with free ports and a state directory that goes with
 * the test. What they print is where links, codes and addresses are read, as a person reads them.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript } from "./checkout.ts";
import type { AtTheEnd } from "./endings.ts";
import type { Program } from "./program.ts";

export interface RelayProgram {
  readonly program: Program;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
}

/** What a node's terminal shows. */
export interface ShownOffers {
  /** A link that this has not given before: each is good for one device. */
  freshLink(): Promise<string>;
  /** The newest link shown since line `from`; waits for one. */
  link(from?: number): Promise<string>;
  /** `RRRR-SSSS`, likewise. */
  typedCode(from?: number): Promise<string>;
  /** `XXXXX-XXXXX`, likewise. */
  plaintextCode(from?: number): Promise<string>;
}

export interface NodeProgram extends ShownOffers {
  readonly program: Program;
  readonly env: Readonly<Record<string, string>>;
}

export interface ConnectProgram {
  readonly program: Program;
  /** Where it listens. */
  readonly origin: string;
}

/** An empty directory, removed at the end. */
export async function freshDirectory(atTheEnd: AtTheEnd): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "ora-e2e-"));
  atTheEnd(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function startRelayProgram(
  atTheEnd: AtTheEnd,
  env: Record<string, string> = {},
  cwd?: string,
): Promise<RelayProgram> {
  const program = runScript("relay", {
    env: { ORA_RELAY_PORT: "0", ORA_RELAY_LOG_LEVEL: "debug", ...env },
    ...(cwd !== undefined && { cwd }),
  });
  atTheEnd(() => program.stop());
  const [, origin = ""] = await program.waitFor(/relay listening on (http:\S+)/);
  return { program, origin, port: Number(new URL(origin).port) };
}

/** A node with its secrets in files, so that another one can be started in its place with the same `env`. */
export async function startNodeProgram(
  atTheEnd: AtTheEnd,
  options: { relay: string; api: string; env?: Record<string, string> },
): Promise<NodeProgram> {
  const env = {
    ORA_RELAY_URL: options.relay,
    ORA_NODE_API_BASE_URL: options.api,
    ORA_NODE_SECRETS: "file",
    ORA_NODE_NAME: "desk",
    ORA_NODE_STATE_DIR: options.env?.ORA_NODE_STATE_DIR ?? (await freshDirectory(atTheEnd)),
    ...options.env,
  };
  const program = runScript("node", { env });
  atTheEnd(() => program.stop());
  return { program, env, ...offersOf(program) };
}

export function offersOf(program: Program): ShownOffers {
  const newest = async (pattern: RegExp, from = 0) => {
    await program.waitFor(pattern, from);
    const shown = program.lines.slice(from).map((line) => pattern.exec(line)?.[1]);
    return shown.filter((text) => text !== undefined).at(-1) ?? "";
  };
  let looked = 0;
  return {
    async freshLink() {
      const link = await newest(/^pairing_link=(\S+)$/, looked);
      looked = program.lines.lastIndexOf(`pairing_link=${link}`) + 1;
      return link;
    },
    link: (from) => newest(/^pairing_link=(\S+)$/, from),
    typedCode: (from) => newest(/^(?:encrypted_)?pairing_code=(\w{4}-\w{4})$/, from),
    plaintextCode: (from) => newest(/^pairing_code=(\w{5}-\w{5})$/, from),
  };
}

/** `ora-node ARGS` on the state of a node; resolves with its exit code and lines. */
export async function ownerCommand(
  { env }: Pick<NodeProgram, "env">,
  ...args: string[]
): Promise<{ code: number | null; lines: readonly string[] }> {
  const program = runScript("node", { env: { ...env }, args });
  return { code: await program.exited, lines: program.lines };
}

/** `ora-connect ARGS`; pairings are kept in memory unless `env` says otherwise. */
export async function startConnectProgram(
  atTheEnd: AtTheEnd,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<ConnectProgram> {
  const program = runScript("connect", {
    args: ["--port", "0", ...args],
    env: { ORA_NODE_SECRETS: "memory", ...env },
  });
  atTheEnd(() => program.stop());
  const [, origin = ""] = await program.waitFor(/^listening on (http:\S+)/);
  return { program, origin };
}
