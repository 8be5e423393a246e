/**
 * `ora-node`, the headless node: prints its configuration, then what it is doing, until it is told to stop. With a
 * command it asks the running node instead, or works on what is stored.
 */

import { homedir } from "node:os";
import { argv, cwd, exit, platform, env as processEnv, stderr, stdin, stdout } from "node:process";
import v8 from "node:v8";
import { readArguments } from "#shared/config/arguments.ts";
import { EXIT } from "#shared/config/exit-code.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { markSmallHeapAtOnce } from "#shared/heap-marking.ts";
import { systemClock } from "../core/clock.ts";
import { loadNodeConfig, type NodeConfig } from "../core/config.ts";
import { askRunning } from "../core/doctor/ask-running.ts";
import { DOCTOR, type DoctorResult, runNodeDoctor } from "../core/doctor/doctor-command.ts";
import { readEnvFile, withEnvFile } from "../core/env-file.ts";
import { confirmOn, readAll } from "./ask-terminal.ts";
import { commandHelp } from "./commands/command-help.ts";
import { dispatch, isCommand } from "./commands/dispatch.ts";
import { NODE_HELP } from "./node-help.ts";
import { commandAddress, startNodeProgram } from "./node-program.ts";
import { openSecrets, secretsLine } from "./open-secrets.ts";
import { ownNames } from "./program-names.ts";
import { startProblem } from "./start-problem.ts";
import { onStopSignal } from "./stop-signals.ts";

const STOP_DEADLINE_MS = 5_000;

const print = (line: string) => {
  stdout.write(`${line}\n`);
};

const environment = () => withEnvFile(processEnv, cwd());
const load = (env = environment()): NodeConfig => loadNodeConfig(env, { platform, home: homedir() });

async function run(): Promise<void> {
  markSmallHeapAtOnce({ v8 });
  const env = withEnvFile(processEnv, cwd(), print);
  const config = load(env);
  for (const line of config.lines) print(line);
  const secrets = await openSecrets(config, "stop");
  print(`secrets are ${secretsLine(secrets, config)}`);
  const { stop } = await startNodeProgram({
    config,
    env,
    store: secrets.store,
    print,
    input: stdin.isTTY ? stdin : undefined,
    qr: stdout.isTTY ? "colour" : "plain",
    names: ownNames(process),
  });
  onStopSignal((signal) => {
    print(`stopping (${signal})`);
    setTimeout(() => exit(EXIT.OK), STOP_DEADLINE_MS).unref();
    void stop().then(() => exit(EXIT.OK));
  });
}

async function command(args: readonly string[]): Promise<number> {
  const config = load();
  return dispatch({
    args,
    address: commandAddress(config),
    backend: () => createCryptoBackend(),
    clock: systemClock,
    expiryMs: config.deviceExpiryMs,
    stateDir: config.stateDir,
    openStore: async () => (await openSecrets(config, "stop")).store,
    print,
    readInput: () => readAll(stdin),
    isTerminal: stdout.isTTY === true,
    names: ownNames(process),
    confirm: stdin.isTTY ? confirmOn(stdin, stdout) : undefined,
  });
}

const DOCTOR_EXITS: Readonly<Record<DoctorResult, number>> = {
  well: EXIT.OK,
  ill: EXIT.FAILED,
  misused: EXIT.USAGE,
};

async function doctor(args: readonly string[]): Promise<number> {
  const result = await runNodeDoctor({
    args,
    written: () => ({ environment: processEnv, dotEnv: readEnvFile(cwd()), directory: cwd() }),
    load,
    running: (config) => askRunning(() => commandAddress(config)),
    secrets: async (config) => secretsLine(await openSecrets(config, "stop"), config),
    backend: createCryptoBackend(),
    clock: systemClock,
    print,
  });
  return DOCTOR_EXITS[result];
}

function failed(error: unknown): void {
  const problem = startProblem(error);
  if (problem === undefined) throw error;
  stderr.write(`ora-node: ${problem}\n`);
  exit(EXIT.CONFIG);
}

// Whoever reads the output may go away first; the node goes on.
stdout.on("error", () => undefined);

const args = argv.slice(2);
const help = commandHelp(args, ownNames(process));
if (help !== undefined) {
  print(help.join("\n"));
  exit(EXIT.OK);
} else if (args[0] === DOCTOR) {
  doctor(args.slice(1)).then((exitCode) => exit(exitCode), failed);
} else if (isCommand(args)) {
  command(args).then((exitCode) => exit(exitCode), failed);
} else {
  const asked = readArguments(args, "ora-node", NODE_HELP);
  if (asked.kind === "answer") {
    (asked.isError ? stderr : stdout).write(`${asked.text}\n`);
    exit(asked.exitCode);
  }
  run().catch(failed);
}
