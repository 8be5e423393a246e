/**
 * Carries out a command of the owner: in the running node when there is one, else on what is stored, with the state
 * directory claimed meanwhile, so that no node starts in the middle of a change.
 */

import { EXIT } from "#shared/config/exit-code.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { loadRules } from "../../core/access-rules/rule-book.ts";
import type { Clock } from "../../core/clock.ts";
import type { ControlAddress } from "../../core/control/address.ts";
import { askNode } from "../../core/control/control-client.ts";
import { listenForCommands } from "../../core/control/control-server.ts";
import { jarDirectory, jarFiles } from "../../core/cookie-jar/jar-files.ts";
import { loadDevices } from "../../core/devices/device-registry.ts";
import { loadOwnerHeaders } from "../../core/owner-headers/owner-headers.ts";
import { loadPlaintextRevocations } from "../../core/relay-session/plaintext-revocations.ts";
import type { SecretStore } from "../../core/secrets/secret-store.ts";
import type { ProgramNames } from "../program-names.ts";
import { findCommand, runCommand } from "./all.ts";
import { NEW_IDENTITY, newIdentity } from "./new-identity.ts";

export interface DispatchOptions {
  /** The command's name first. */
  readonly args: readonly string[];
  readonly address: ControlAddress;
  readonly backend: () => CryptoBackend;
  readonly clock: Clock;
  readonly expiryMs: number;
  /** Where the cookies of web apps are. */
  readonly stateDir: string;
  readonly openStore: () => Promise<SecretStore>;
  readonly print: (line: string) => void;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Whether `print` writes to a terminal. */
  readonly isTerminal: boolean;
  /** For hints. */
  readonly names: ProgramNames;
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
}

/** Whether these arguments are a command and not the node itself. */
export function isCommand(args: readonly string[]): boolean {
  return args[0] === NEW_IDENTITY || findCommand(args[0]) !== undefined;
}

/** The exit code. @throws SecretsError when the store cannot be opened. @throws ControlError */
export async function dispatch(options: DispatchOptions): Promise<number> {
  const { address, print, readInput } = options;
  const [name, ...rest] = options.args;
  const command = findCommand(name);
  const isBare = rest.length === 0 && !options.isTerminal;
  const args = (isBare && command?.withoutTerminal) || options.args;
  const input = command?.readsInput?.(rest) ? await readInput() : undefined;
  if (command !== undefined) {
    const answer = await askNode({ address, args, input, print });
    if (typeof answer === "number") return answer;
    if (answer === "cut") {
      print("the node went away before it had finished");
      return EXIT.FAILED;
    }
    if (command.needsNode) {
      print("no node is running on this state directory");
      return EXIT.FAILED;
    }
  }
  // Whoever asks meanwhile hears that somebody is there.
  const claim = await listenForCommands(address, async (call) => {
    call.print("another command is at work; try again");
    return EXIT.FAILED;
  });
  try {
    return await onStoredState(options, input);
  } finally {
    await claim.close();
  }
}

async function onStoredState(options: DispatchOptions, input: string | undefined): Promise<number> {
  const { args, clock, expiryMs, stateDir, openStore, print, names, confirm } = options;
  const store = await openStore();
  if (store.kind === "memory") {
    print("nothing is stored: secrets are kept in memory (ORA_NODE_SECRETS), and no node is running");
    return EXIT.FAILED;
  }
  const backend = options.backend();
  const devices = await loadDevices({
    store,
    clock,
    randomBytes: backend.randomBytes,
    expiryMs,
    // Nobody is let in here, and nobody expires.
    clockIsPlausible: () => false,
    onStoreError: () => undefined,
    appForgotten: (id) => jarFiles(jarDirectory(stateDir, store.kind)).remove(id),
  });
  if (args[0] === NEW_IDENTITY) {
    return newIdentity({ args: args.slice(1), store, backend, devices, print, names, confirm });
  }
  const [rules, headers] = [await loadRules(store), await loadOwnerHeaders(store)];
  const revocations = await loadPlaintextRevocations({ store, clock, onStoreError: () => undefined });
  return runCommand({
    args,
    input,
    print,
    names,
    signal: new AbortController().signal,
    target: { memory: { devices, rules, headers, revocations }, live: undefined, now: () => clock.now() },
  });
}
