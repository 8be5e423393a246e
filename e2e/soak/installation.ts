/**
 * One installation under test: relays, node and two `ora-connect`, each a program of its own that can be ended and started
 * again in its place, and a line to the relays for each side that can break. Several relays have a balancer in front of
 * them, and a bus between them to which each has a line of its own.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { controlAddress } from "../../desktop/core/control/address.ts";
import { askNode } from "../../desktop/core/control/control-client.ts";
import { startBalancer } from "../support/balancer.ts";
import type { AtTheEnd } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { type Line, startLine } from "../support/line.ts";
import { startNats } from "../support/nats.ts";
import { startRelayCluster } from "../support/relay-cluster.ts";
import { type Standing, startStanding } from "../support/standing.ts";
import type { LineTarget, ProgramTarget } from "./fault-plan.ts";

/** The folder of the built programs: this file is bundled into it. */
const dist = fileURLToPath(new URL(".", import.meta.url));

/** Of the balancer, in the checkout that these programs were built in. */
const balancerFile = join(dist, "..", "relay", "deploy", "caddy", "several.Caddyfile");

export interface Installation {
  /** All that runs, for whoever watches it. */
  readonly programs: readonly Standing[];
  readonly connects: readonly (Standing & { readonly origin: string })[];
  readonly deviceLine: Line;
  programAt(target: ProgramTarget): Standing;
  lineAt(target: LineTarget): Line;
  /** The newest that the running node has shown. */
  newestLink(): string | undefined;
  newestPlaintextCode(): string | undefined;
  /** `ora-node ARGS`; rejects when there is no node, or it did not do it. */
  owner(...args: string[]): Promise<string[]>;
}

function startOurs(
  atTheEnd: AtTheEnd,
  options: { name: string; script: string; args?: string[]; env: Record<string, string>; ready: RegExp },
): Promise<Standing> {
  const { script, args = [], ...rest } = options;
  return startStanding(atTheEnd, { ...rest, command: process.execPath, args: [join(dist, script), ...args] });
}

/** What is between the sides: where to reach it, and its parts that can break. */
interface Middle {
  readonly port: number;
  readonly programs: readonly Standing[];
  readonly busLines: readonly Line[];
}

const RELAY_ENV = { ORA_RELAY_LOG_LEVEL: "warn", ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "0" };

async function startOneRelay(atTheEnd: AtTheEnd): Promise<Middle> {
  const port = await freePort();
  const relay = await startOurs(atTheEnd, {
    name: "relay",
    script: "relay.mjs",
    env: { ...RELAY_ENV, ORA_RELAY_PORT: String(port) },
    ready: /relay listening on /,
  });
  return { port, programs: [relay], busLines: [] };
}

async function startSeveralRelays(atTheEnd: AtTheEnd, count: number): Promise<Middle> {
  const nats = await startNats(atTheEnd, { token: "soak" });
  const busLines: Line[] = [];
  for (let number = 1; number <= count; number += 1) {
    const line = await startLine(nats.port);
    atTheEnd(() => line.close());
    busLines.push(line);
  }
  const relays = await startRelayCluster(atTheEnd, {
    count,
    natsUrl: (index) => nats.url.replace(/\d+$/, String(busLines[index]?.port)),
    env: RELAY_ENV,
    command: process.execPath,
    args: [join(dist, "relay.mjs")],
  });
  const { port } = await startBalancer(atTheEnd, relays, balancerFile);
  return { port, programs: [...relays, nats], busLines };
}

export async function startInstallation(
  atTheEnd: AtTheEnd,
  options: { api: string; relays: number },
): Promise<Installation> {
  const { api, relays } = options;
  const directory = await mkdtemp(join(tmpdir(), "ora-soak-"));
  atTheEnd(() => rm(directory, { recursive: true, force: true }));
  const middle = await (relays === 1 ? startOneRelay(atTheEnd) : startSeveralRelays(atTheEnd, relays));
  const nodeLine = await startLine(middle.port);
  atTheEnd(() => nodeLine.close());
  const deviceLine = await startLine(middle.port);
  atTheEnd(() => deviceLine.close());
  const stateDir = join(directory, "node");
  const node = await startOurs(atTheEnd, {
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
    const connect = await startOurs(atTheEnd, {
      name,
      script: "connect.mjs",
      args: [link, "--relay", deviceLine.origin, "--port", connectPort],
      env: { ORA_NODE_SECRETS: "file", ORA_NODE_STATE_DIR: join(directory, name.replace(" ", "-")) },
      ready: /^listening on /,
    });
    connect.setArgs([join(dist, "connect.mjs"), "--port", connectPort]);
    connects.push(Object.assign(connect, { origin: `http://127.0.0.1:${connectPort}` }));
    await anotherLink(link, newestLink);
  }
  const programs = [...middle.programs, node, ...connects];
  const lines = new Map<string, Line>([
    ["node line", nodeLine],
    ["device line", deviceLine],
    ...middle.busLines.map((line, index): [string, Line] => [`bus line ${index + 1}`, line]),
  ]);
  return {
    programs,
    connects,
    deviceLine,
    programAt: (target) =>
      found(
        programs.find(({ name }) => name === target || name === `${target} 1`),
        target,
      ),
    lineAt: (target) => found(lines.get(target), target),
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

function found<Thing>(thing: Thing | undefined, name: string): Thing {
  if (thing === undefined) throw new Error(`there is no ${name}`);
  return thing;
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
