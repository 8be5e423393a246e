/** A relay behind nginx, well or ill in one way, and both doctors, who find this machine under the relay's name. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect as connectTcp, type LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import type { Finding } from "#shared/doctor/finding.ts";
import type { Network } from "#shared/doctor/network.ts";
import { systemClock } from "../../desktop/core/clock.ts";
import { loadNodeConfig } from "../../desktop/core/config.ts";
import type { RunningNode } from "../../desktop/core/doctor/ask-running.ts";
import { runNodeDoctor } from "../../desktop/core/doctor/doctor-command.ts";
import { loadRelayConfig } from "../../relay/config.ts";
import { runDoctorCommand } from "../../relay/doctor/doctor-command.ts";
import { startNginx } from "../support/edges.ts";
import type { AtTheEnd } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { makePrivateCa, type PrivateCa } from "../support/private-ca.ts";
import { startTestRelay } from "../support/relay.ts";

export const NAME = "relay.example";

export interface Authority extends PrivateCa {
  readonly pem: string;
}

export async function startAuthority(atTheEnd: AtTheEnd): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), "ora-doctor-"));
  atTheEnd(() => rm(folder, { recursive: true, force: true }));
  const ca = makePrivateCa(folder);
  return { ...ca, pem: await readFile(ca.cert, "utf8") };
}

export interface Illness {
  /** Names of the certificate. */
  readonly names?: readonly string[];
  readonly days?: number;
  /** Changes nginx's file. */
  readonly change?: (configuration: string) => string;
  /** Settings of the relay; `undefined` as a whole: no relay runs. */
  readonly relay?: Record<string, string> | undefined;
}

export interface Patient {
  readonly address: string;
  /** Of the relay, for the doctor on its server. */
  readonly env: Readonly<Record<string, string>>;
}

export async function startPatient(
  atTheEnd: AtTheEnd,
  ca: Authority,
  illness: Illness = { relay: {} },
): Promise<Patient> {
  const relayPort = await freePort();
  const certificate = ca.issue(`relay-${relayPort}`, illness.names ?? [NAME, `*.${NAME}`], {
    ...(illness.days !== undefined && { days: illness.days }),
  });
  const { change } = illness;
  const edge = await startNginx(atTheEnd, { relayPort, certificate, ...(change && { change }) });
  const address = `https://${NAME}:${edge.port}`;
  const env = {
    ORA_RELAY_PORT: String(relayPort),
    ORA_RELAY_PUBLIC_URL: address,
    ORA_RELAY_APPS: "subdomain",
    ...illness.relay,
  };
  if (illness.relay !== undefined) {
    const relay = await startTestRelay(env);
    atTheEnd(() => relay.close());
  }
  return { address, env };
}

const noSuchName = () => Object.assign(new Error("no such name"), { code: "ENOTFOUND" });

/** This machine's network, in which the relay's name leads here. */
export function networkHere(ca: string | undefined): Partial<Network> {
  const trust = ca === undefined ? {} : { ca };
  const lookup: LookupFunction = (_, options, found) =>
    options.all ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4);
  return {
    lookup: (host) =>
      host === NAME || host.endsWith(`.${NAME}`)
        ? Promise.resolve(["127.0.0.1"])
        : Promise.reject(noSuchName()),
    connect: ({ port }) => connectTcp({ host: "127.0.0.1", port }),
    connectSecurely: ({ port, name }) =>
      connectTls({
        host: "127.0.0.1",
        port,
        rejectUnauthorized: false,
        ...trust,
        ...(name !== undefined && { servername: name }),
      }),
    dial: (address, subprotocol) =>
      new WebSocket(address, [subprotocol], { perMessageDeflate: false, lookup, ...trust }),
  };
}

export interface Diagnosis {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly findings: ReadonlyMap<string, Finding>;
}

/** The names of the checks that found something wrong. */
export function wrongOnes({ findings }: Diagnosis): string[] {
  return [...findings.values()].filter(({ state }) => state === "wrong").map(({ check }) => check);
}

export interface Consultation {
  readonly args?: readonly string[];
  readonly network?: Partial<Network>;
  readonly env?: Readonly<Record<string, string>>;
  readonly stayMs?: number;
}

/** `ora-relay doctor` */
export function askRelayDoctor({
  args = [],
  network = {},
  env = {},
  stayMs,
}: Consultation): Promise<Diagnosis> {
  return diagnosis(args, (all, print) =>
    runDoctorCommand({
      args: all,
      written: () => ({ environment: env, dotEnv: undefined, directory: "/nowhere" }),
      load: ({ environment }) => loadRelayConfig({ environment, dotEnv: {} }),
      print,
      remark: print,
      network,
      ...(stayMs !== undefined && { stayMs }),
    }),
  );
}

/** `ora-node doctor` */
export function askNodeDoctor({
  args = [],
  network = {},
  env = {},
  running = { kind: "none" },
  stayMs,
}: Consultation & { readonly running?: RunningNode }): Promise<Diagnosis> {
  const exits = { well: 0, ill: 1, misused: 64 };
  return diagnosis(args, async (all, print) => {
    const result = await runNodeDoctor({
      args: all,
      written: () => ({ environment: env, dotEnv: undefined, directory: "/nowhere" }),
      load: (all) => loadNodeConfig(all, { platform: "linux", home: "/nowhere" }),
      running: async () => running,
      secrets: async () => "kept somewhere",
      backend: createCryptoBackend(),
      clock: systemClock,
      print,
      network,
      ...(stayMs !== undefined && { stayMs }),
    });
    return exits[result];
  });
}

/** What is printed for people, and what for programs. */
async function diagnosis(
  args: readonly string[],
  run: (args: readonly string[], print: (line: string) => void) => Promise<number>,
): Promise<Diagnosis> {
  const lines: string[] = [];
  const exitCode = await run(args, (line) => lines.push(line));
  const json: string[] = [];
  const findings = new Map<string, Finding>();
  // What takes long, or is not an examination, is run once.
  if (args.includes("--long") || args.includes("--help") || exitCode === 64)
    return { exitCode, lines, findings };
  expectSame(exitCode, await run([...args, "--json"], (line) => json.push(line)));
  const { ok, checks }: { ok: boolean; checks: Finding[] } = JSON.parse(json.join("\n"));
  expectSame(exitCode, ok ? 0 : 1);
  for (const finding of checks) findings.set(finding.check, finding);
  return { exitCode, lines, findings };
}

function expectSame(one: number, other: number): void {
  if (one !== other) throw new Error(`people were told ${one}, and programs ${other}`);
}
