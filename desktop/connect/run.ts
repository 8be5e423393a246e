/**
 * `ora-connect` as a function: everything it needs from the system comes in, everything it says goes out, and it resolves
 * with the exit code. The local port is taken before a code is spent, and a pairing is stored before it is confirmed.
 */
import { hostname } from "node:os";
import { generateDeviceKey } from "#shared/client/device-key.ts";
import { readPairingOffer } from "#shared/client/pairing-offer.ts";
import { describeProblem } from "#shared/client/problem.ts";
import { createRelayClient, type RelayClient } from "#shared/client/relay-client.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import type { SocketFactory } from "#shared/client/socket.ts";
import { type CryptoBackend, createCryptoBackend } from "#shared/crypto/backend.ts";
import { staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { VERSION } from "#shared/protocol/version.ts";
import { type Command, readCommandLine, USAGE } from "./command-line.ts";
import type { ConnectConfig } from "./config.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";
import { narrator } from "./narrator.ts";
import { isUsableName, type PairingStore, type RememberedPc, slugOf } from "./pairing-store.ts";

/** Tried first, so that bookmarks stay good. */
const USUAL_PORT = 9020;

const FAILED = 1;
const MISUSED = 2;

export interface ConnectEnvironment {
  readonly args: readonly string[];
  readonly config: () => ConnectConfig;
  /** Opens where pairings are remembered. The second is a remark for the user, when it is not where he may think. */
  readonly openStore: (config: ConnectConfig) => Promise<{ store: PairingStore; remark?: string }>;
  readonly sockets: SocketFactory;
  /** The first line of standard input. */
  readonly readLine: () => Promise<string>;
  /** One line for the user. */
  readonly say: (line: string) => void;
  /** One line about what went wrong. */
  readonly complain: (line: string) => void;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
}

/** An end with a message, that is no bug. */
class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = FAILED) {
    super(message);
    this.exitCode = exitCode;
  }
}

export async function runConnect(environment: ConnectEnvironment): Promise<number> {
  const command = readCommandLine(environment.args);
  try {
    return await execute(command, environment);
  } catch (error) {
    if (environment.stop.aborted) return 0;
    if (!(error instanceof Error)) throw error;
    // Settings, stores and problems of the tunnel say in their message what to do.
    const isExpected = error instanceof Failure || "code" in error;
    if (!isExpected) throw error;
    environment.complain(error.message);
    return error instanceof Failure ? error.exitCode : FAILED;
  }
}

async function execute(command: Command, environment: ConnectEnvironment): Promise<number> {
  const { say, complain } = environment;
  switch (command.kind) {
    case "error":
      complain(`${command.message}\n${USAGE}`);
      return MISUSED;
    case "help":
      say(USAGE);
      return 0;
    case "version":
      say(`ora-connect ${VERSION}`);
      return 0;
    case "list":
      return list(environment);
    case "forget":
      return forget(environment, command.name);
    case "connect":
      return connect(environment, command);
  }
}

async function list({ config, openStore, say }: ConnectEnvironment): Promise<number> {
  const { store } = await openStore(config());
  const pcs = await store.list();
  if (pcs.length === 0) say("no PC is remembered here");
  for (const { name, record } of pcs) {
    const remark = record.status === "active" ? "" : `  (${record.status})`;
    say(`${name}  ${record.relayUrl}${remark}`);
  }
  return 0;
}

async function forget({ config, openStore, say }: ConnectEnvironment, name: string): Promise<number> {
  const { store } = await openStore(config());
  if (!(await store.forget(name))) throw new Failure(`no PC called "${name}" is remembered here`);
  say(`forgot ${name}; to shut this machine out, revoke it on the PC as well`);
  return 0;
}

type ConnectCommand = Extract<Command, { kind: "connect" }>;

async function connect(environment: ConnectEnvironment, command: ConnectCommand): Promise<number> {
  const { say, openStore, sockets, stop } = environment;
  if (command.name !== undefined && !isUsableName(command.name)) {
    throw new Failure("--name needs a letter or a digit, and is neither list nor forget", MISUSED);
  }
  const config = environment.config();
  const { store, remark } = await openStore(config);
  const target = command.target === "-" ? await environment.readLine() : command.target;
  const remembered = await rememberedPc(store, target);
  if (remembered !== undefined) refuseOptions(command);
  // What is wrong with a link or code shows before anything is opened.
  else readOffer(target ?? "", command, config);

  const server = await takePort(command.port);
  try {
    const backend = createCryptoBackend();
    const client = createRelayClient({ sockets, backend });
    const pc =
      remembered ?? (await pair({ environment, command, config, client, backend, store }, target ?? ""));
    if (remembered === undefined && remark !== undefined) say(remark);
    return await serve({ environment, client, backend, store, server, stop }, pc);
  } finally {
    await server.close();
  }
}

/** The PC that is meant, when it is one that is known: by its name, or as the only one. */
async function rememberedPc(
  store: PairingStore,
  target: string | undefined,
): Promise<RememberedPc | undefined> {
  if (target !== undefined) return store.find(target);
  const pcs = await store.list();
  const [only, ...others] = pcs;
  if (only === undefined) {
    throw new Failure(
      `no PC is remembered here: give the link or code that your PC shows\n${USAGE}`,
      MISUSED,
    );
  }
  if (others.length > 0) throw new Failure(`which one? ${pcs.map(({ name }) => name).join(", ")}`, MISUSED);
  return only;
}

function refuseOptions({ relay, name }: ConnectCommand): void {
  if (relay !== undefined || name !== undefined) {
    throw new Failure("--relay and --name are for pairing; this PC is paired already", MISUSED);
  }
}

function readOffer(text: string, { relay }: ConnectCommand, { relayUrl }: ConnectConfig): void {
  const offer = readPairingOffer(text, { relay, defaultRelay: relayUrl });
  if ("kind" in offer) return;
  // A word that is no code was perhaps a name.
  const hint = offer.code === "bad_code" ? "; ora-connect list shows the names that are known" : "";
  throw new Failure(describeProblem(offer) + hint, MISUSED);
}

async function takePort(wanted: number | undefined): Promise<LocalServer> {
  try {
    return await startLocalServer(wanted ?? USUAL_PORT);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (wanted === undefined && code === "EADDRINUSE") return startLocalServer(0);
    throw new Failure(`port ${wanted ?? USUAL_PORT} cannot be used (${code}): choose another with --port`);
  }
}

interface Pairing {
  readonly environment: ConnectEnvironment;
  readonly command: ConnectCommand;
  readonly config: ConnectConfig;
  readonly client: RelayClient;
  readonly backend: CryptoBackend;
  readonly store: PairingStore;
}

async function pair(
  { environment, command, config, client, backend, store }: Pairing,
  text: string,
): Promise<RememberedPc> {
  const { say, stop } = environment;
  const device = generateDeviceKey(backend);
  say("pairing");
  const pairing = await client.pair(text, {
    deviceKey: device.key,
    name: hostname(),
    client: `ora-connect/${VERSION}`,
    relay: command.relay,
    defaultRelay: config.relayUrl,
    signal: stop,
  });
  const { pending } = pairing;
  const name = await freeName(store, command.name, pending);
  const pc = { name, record: pending, privateKey: device.privateKey };
  await store.save(pc);
  say(`check number ${pairing.checkNumber}: ${pending.nodeName} shows the same`);
  try {
    const record = await pairing.completed;
    await store.save({ ...pc, record });
    say(`paired with ${pending.nodeName}, remembered as ${name}`);
    return { ...pc, record };
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    if (error.code === "pairing_unconfirmed") {
      say(describeProblem(error.problem));
      return pc;
    }
    await store.forget(name);
    throw error;
  }
}

/** The name that was asked for, else the one this PC had, else what it calls itself; never another PC's. */
async function freeName(
  store: PairingStore,
  wanted: string | undefined,
  { nodeId, nodeName }: RememberedPc["record"],
): Promise<string> {
  const pcs = await store.list();
  const former = pcs.find(({ record }) => record.nodeId === nodeId)?.name;
  const base = wanted ?? former ?? (isUsableName(nodeName) ? nodeName : "PC");
  const taken = new Set(pcs.filter(({ record }) => record.nodeId !== nodeId).map(({ name }) => slugOf(name)));
  let name = base;
  for (let number = 2; taken.has(slugOf(name)); number += 1) name = `${base.slice(0, 50)}-${number}`;
  return name;
}

interface Serving {
  readonly environment: ConnectEnvironment;
  readonly client: RelayClient;
  readonly backend: CryptoBackend;
  readonly store: PairingStore;
  readonly server: LocalServer;
  readonly stop: AbortSignal;
}

/** Serves until the user stops it or the PC does not want this machine any more. */
async function serve(
  { environment, client, backend, store, server, stop }: Serving,
  pc: RememberedPc,
): Promise<number> {
  const { say, complain } = environment;
  let saved: Promise<void> = Promise.resolve();
  const tell = narrator({ name: () => pc.name, now: Date.now, say });
  const ended = new Promise<number>((resolve) => {
    if (stop.aborted) resolve(0);
    stop.addEventListener("abort", () => resolve(0));
    const session = client.connect(pc.record, {
      deviceKey: staticKeyFromPrivate(backend.x25519, pc.privateKey),
      stateChanged: (state) => {
        tell.state(state);
        if (state.status === "revoked") resolve(FAILED);
      },
      recordChanged: (record) => {
        saved = saved
          .then(() => store.save({ ...pc, record }))
          .catch((error: unknown) =>
            complain(error instanceof Error ? error.message : "cannot store the pairing"),
          );
      },
    });
    stop.addEventListener("abort", () => session.close());
    server.serve(session.door);
    say(`listening on http://127.0.0.1:${server.port}`);
  });
  const code = await ended;
  await saved;
  return code;
}
