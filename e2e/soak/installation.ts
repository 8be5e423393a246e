/**
 * One installation under test: relay, node and two `ora-connect`, each a program of its own that can be ended and started
 * again in its place, and a line to the relay for each side that can break.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { controlAddress } from "../../desktop/core/control/address.ts";
import { askNode } from "../../desktop/core/control/control-client.ts";
import type { AtTheEnd } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { type Line, startLine } from "../support/line.ts";
import { type Program, startProgram } from "../support/program.ts";

/** The folder of the built programs: this file is bundled into it. */
const dist = fileURLToPath(new URL(".", import.meta.url));

/** A program whose process may be another one from time to time. */
export interface Standing {
  readonly name: string;
  readonly program: Program;
  /** Ends this one with the signal; resolves when it is gone. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Starts it again; resolves when it says that it is there. */
  start(): Promise<void>;
}

export interface Installation {
  readonly relay: Standing;
  readonly node: Standing;
  readonly connects: readonly (Standing & { readonly origin: string })[];
  readonly nodeLine: Line;
  readonly deviceLine: Line;
  /** The newest that the running node has shown. */
  newestLink(): string | undefined;
  newestPlaintextCode(): string | undefined;
  /** `ora-node ARGS`; rejects when there is no node, or it did not do it. */
  owner(...args: string[]): Promise<string[]>;
}

async function standing(
  atTheEnd: AtTheEnd,
  options: {
    name: string;
    script: string;
    args?: readonly string[];
    env: Record<string, string>;
    ready: RegExp;
  },
): Promise<Standing & { setArgs(args: readonly string[]): void }> {
  const { name, script, env, ready } = options;
  let args = options.args ?? [];
  let program: Program | undefined;
  const start = async () => {
    program = startProgram(process.execPath, [join(dist, script), ...args], { env });
    await program.waitFor(ready);
  };
  atTheEnd(async () => {
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

export async function startInstallation(atTheEnd: AtTheEnd, api: string): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), "ora-soak-"));
  atTheEnd(() => rm(directory, { recursive: true, force: true }));
  const port = await freePort();
  const relay = await standing(atTheEnd, {
    name: "relay",
    script: "relay.mjs",
    env: {
      ORA_RELAY_PORT: String(port),
      ORA_RELAY_LOG_LEVEL: "warn",
      ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "0",
    },
    ready: /relay listening on /,
  });
  const nodeLine = await startLine(port);
  atTheEnd(() => nodeLine.close());
  const deviceLine = await startLine(port);
  atTheEnd(() => deviceLine.close());
  const stateDir = join(directory, "node");
  const node = await standing(atTheEnd, {
    name: "node",
    script: "node.mjs",
    env: {
      ORA_RELAY_URL: nodeLine.origin,
      ORA_NODE_API_BASE_URL: api,
      ORA_NODE_SECRETS: "file",
      ORA_NODE_STATE_DIR: stateDir,
      ORA_NODE_NAME: "desk",
    },
    ready: /^pairing_link=/,
  });
  const newest = (pattern: RegExp) =>
    node.program.lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).at(-1);
  const newestLink = () => newest(/^pairing_link=(\S+)$/);
  const connects: (Standing & { origin: string })[] = [];
  for (const name of ["connect 1", "connect 2"]) {
    const connectPort = String(await freePort());
    const link = newestLink() ?? "";
    const connect = await standing(atTheEnd, {
      name,
      script: "connect.mjs",
      args: [link, "--relay", deviceLine.origin, "--port", connectPort],
      env: { ORA_NODE_SECRETS: "file", ORA_NODE_STATE_DIR: join(directory, name.replace(" ", "-")) },
      ready: /^listening on /,
    });
    connect.setArgs(["--port", connectPort]);
    connects.push(Object.assign(connect, { origin: `http://127.0.0.1:${connectPort}` }));
    await anotherLink(link, newestLink);
  }
  return {
    relay,
    node,
    connects,
    nodeLine,
    deviceLine,
    newestLink,
    newestPlaintextCode: () => newest(/^pairing_code=(\w{5}-\w{5})$/),
    async owner(...args) {
      const lines: string[] = [];
      const place = { stateDir, platform: process.platform, user: userInfo().username };
      const print = (line: string) => void lines.push(line);
      const exit = await askNode({ address: controlAddress(place), args, print });
      if (exit === 0) return lines;
      throw Object.assign(new Error(`ora-node ${args[0]}: ${exit}`), { code: `owner ${exit}` });
    },
  };
}

const LOOK_MS = 20;

/** A link is good once: waits for the next. */
export async function anotherLink(used: string, newest: () => string | undefined): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += LOOK_MS) {
    const link = newest();
    if (link !== undefined && link !== used) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error("the node showed no fresh link");
}
