/**
 * `ora-connect` as a function: everything it needs from the system comes in, everything it says goes out, and it resolves
 * with the exit code. The local port is taken before a code is spent, and a pairing is stored before it is confirmed.
 */
import { readPairingOffer } from "#shared/client/pairing-offer.ts";
import { describeProblem } from "#shared/client/problem.ts";
import { createRelayClient } from "#shared/client/relay-client.ts";
import type { SocketFactory } from "#shared/client/socket.ts";
import { EXIT } from "#shared/config/exit-code.ts";
import { ConfigError } from "#shared/config/settings.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { VERSION } from "#shared/protocol/version.ts";
import { SecretsError } from "../core/secrets/secret-store.ts";
import { type Command, readCommandLine, USAGE } from "./command-line.ts";
import type { ConnectConfig } from "./config.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";
import { withoutLineStart } from "./offer-text.ts";
import { pairWith } from "./pair-with.ts";
import { isUsableName, type PairingStore, type RememberedPc } from "./pairing-store.ts";
import { serve } from "./serve.ts";

/** Tried first, so that bookmarks stay good. */
const USUAL_PORT = 9020;

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

  constructor(message: string, exitCode: number = EXIT.FAILED) {
    super(message);
    this.exitCode = exitCode;
  }
}

export async function runConnect(environment: ConnectEnvironment): Promise<number> {
  const command = readCommandLine(environment.args);
  try {
    return await execute(command, environment);
  } catch (error) {
    if (environment.stop.aborted) return EXIT.OK;
    if (!(error instanceof Error)) throw error;
    // Settings, stores and problems of the tunnel say in their message what to do.
    const isExpected = error instanceof Failure || "code" in error;
    if (!isExpected) throw error;
    environment.complain(error.message);
    if (error instanceof ConfigError || isUnusableStore(error)) return EXIT.CONFIG;
    return error instanceof Failure ? error.exitCode : EXIT.FAILED;
  }
}

/** One damaged item is no reason to leave the program off: the others are as good as they were. */
function isUnusableStore(error: Error): boolean {
  return error instanceof SecretsError && error.code !== "damaged";
}

async function execute(command: Command, environment: ConnectEnvironment): Promise<number> {
  const { say, complain } = environment;
  switch (command.kind) {
    case "error":
      complain(`${command.message}\n${USAGE}`);
      return EXIT.USAGE;
    case "help":
      say(USAGE);
      return EXIT.OK;
    case "version":
      say(`ora-connect ${VERSION}`);
      return EXIT.OK;
    case "list":
      return list(environment);
    case "forget":
      return forget(environment, command.name);
    case "connect":
      return connect(environment, command);
  }
}

async function list({ config, openStore, say }: ConnectEnvironment): Promise<number> {
  const { store, remark } = await openStore(config());
  if (remark !== undefined) {
    say(remark);
    return EXIT.OK;
  }
  const { pcs, damaged } = await store.list();
  if (pcs.length + damaged.length === 0) say("no PC is remembered here");
  for (const { name, record } of pcs) {
    const remark = record.status === "active" ? "" : `  (${record.status})`;
    say(`${name}  ${record.relayUrl}${remark}`);
  }
  for (const name of damaged) say(`${name}  (damaged: forget it and pair again)`);
  return EXIT.OK;
}

async function forget({ config, openStore, say }: ConnectEnvironment, name: string): Promise<number> {
  const { store } = await openStore(config());
  if (!(await store.forget(name))) throw new Failure(`no PC called "${name}" is remembered here`);
  say(`forgot ${name}; to shut this machine out, revoke it on the PC as well`);
  return EXIT.OK;
}

type ConnectCommand = Extract<Command, { kind: "connect" }>;

async function connect(environment: ConnectEnvironment, command: ConnectCommand): Promise<number> {
  const { say, complain, openStore, sockets, stop } = environment;
  if (command.name !== undefined && !isUsableName(command.name)) {
    throw new Failure(
      "--name is 1 to 100 characters with a letter or digit, and not list or forget",
      EXIT.USAGE,
    );
  }
  const config = environment.config();
  const { store, remark } = await openStore(config);
  const given = command.target === "-" ? await environment.readLine() : command.target;
  const target = given === undefined ? undefined : withoutLineStart(given);
  const remembered = await rememberedPc(store, target);
  if (remembered !== undefined) refuseOptions(command);
  // What is wrong with a link or code shows before anything is opened.
  else readOffer(target ?? "", command, config);

  const server = await takePort(command.port, say);
  try {
    const backend = createCryptoBackend();
    const client = createRelayClient({ sockets, backend });
    const tools = { client, backend, store, say, complain, stop };
    const pc = remembered ?? (await pairWith({ ...tools, text: target ?? "", command, config, remark }));
    return (await serve({ ...tools, pc, server })) === "revoked" ? EXIT.FAILED : EXIT.OK;
  } finally {
    await server.close();
  }
}

/** The PC that is meant, when it is one that is known: by its name, or as the only one that has not thrown us out. */
async function rememberedPc(
  store: PairingStore,
  target: string | undefined,
): Promise<RememberedPc | undefined> {
  if (target !== undefined) return store.find(target);
  const { pcs } = await store.list();
  const good = pcs.filter(({ record }) => record.status !== "revoked");
  const [only, ...others] = good.length > 0 ? good : pcs;
  if (only === undefined) {
    throw new Failure(
      `no PC is remembered here: give the link or code that your PC shows\n${USAGE}`,
      EXIT.USAGE,
    );
  }
  if (others.length > 0) {
    throw new Failure(`which one? ${[only, ...others].map(({ name }) => name).join(", ")}`, EXIT.USAGE);
  }
  return only;
}

function refuseOptions({ relay, name }: ConnectCommand): void {
  if (relay !== undefined || name !== undefined) {
    throw new Failure("--relay and --name are for pairing; this PC is paired already", EXIT.USAGE);
  }
}

function readOffer(text: string, { relay }: ConnectCommand, { relayUrl }: ConnectConfig): void {
  const offer = readPairingOffer(text, { relay, defaultRelay: relayUrl });
  if ("kind" in offer) return;
  // A word that is no code was perhaps a name.
  const hint = offer.code === "bad_code" ? "; ora-connect list shows the names that are known" : "";
  throw new Failure(describeProblem(offer) + hint, EXIT.USAGE);
}

async function takePort(wanted: number | undefined, say: (line: string) => void): Promise<LocalServer> {
  try {
    return await startLocalServer(wanted ?? USUAL_PORT);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (wanted === undefined && code === "EADDRINUSE") {
      const server = await startLocalServer(0);
      say(`port ${USUAL_PORT} is taken; using ${server.port}`);
      return server;
    }
    throw new Failure(`port ${wanted ?? USUAL_PORT} cannot be used (${code}): choose another with --port`);
  }
}
