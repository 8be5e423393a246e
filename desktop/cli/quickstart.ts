/**
 * `npm start`: a relay, a node, and a demo API when no API is configured, on this machine, in one terminal. It prints
 * what runs where and what to paste; when one part ends, all end.
 */

import { homedir } from "node:os";
import { argv, cwd, exit, platform, env as processEnv, stderr, stdin, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import { readArguments } from "#shared/config/arguments.ts";
import { EXIT } from "#shared/config/exit-code.ts";
import type { Environment } from "#shared/config/settings.ts";
import { markSmallHeapAtOnce } from "#shared/heap-marking.ts";
import { VERSION } from "#shared/protocol/version.ts";
import { loadNodeConfig, type NodeConfig } from "../core/config.ts";
import { withEnvFile } from "../core/env-file.ts";
import { showTarget } from "../core/local-proxy/local-target.ts";
import { startDemoApi } from "./demo-api.ts";
import { findLanAddresses } from "./lan-address.ts";
import { LanError, lanPort } from "./lan-port.ts";
import { lanLines, lanSettings } from "./lan-settings.ts";
import { startNodeProgram } from "./node-program.ts";
import { openSecrets, secretsLine } from "./open-secrets.ts";
import { ownNames } from "./program-names.ts";
import { dialUrl, isElsewhere, quickstartEnvironment } from "./quickstart-environment.ts";
import { hereLines, relayTrouble, settingsText } from "./quickstart-words.ts";
import { RelayStartError, startRelayProcess } from "./relay-process.ts";
import { startProblem } from "./start-problem.ts";
import { onStopSignal } from "./stop-signals.ts";

const HELP = `npm start: a relay, a node and a demo API on this PC, to try things out

usage: npm start [-- --lan]

--lan lets phones of this network in: the relay listens at this PC's address there, over plain http.
Settings come from the environment, or from .env: those of \`npm run relay\` and
\`npm run node\`. ORA_NODE_API_BASE_URL replaces the demo API by your own; ORA_RELAY_URL is not used.
Ctrl-C ends everything.`;

const LAN = "--lan";
const STOP_DEADLINE_MS = 10_000;

const print = (line: string) => {
  stdout.write(`${line}\n`);
};
const printError = (line: string) => {
  stderr.write(`${line}\n`);
};

/** What has been started, to be ended in the reverse order. */
const running: (() => Promise<void>)[] = [];
let ending: Promise<void> | undefined;

function end(exitCode: number): Promise<void> {
  ending ??= (async () => {
    setTimeout(() => exit(exitCode), STOP_DEADLINE_MS).unref();
    for (const stop of running.splice(0).reverse()) await stop();
    exit(exitCode);
  })();
  return ending;
}

const loadConfig = (env: Environment): NodeConfig => loadNodeConfig(env, { platform, home: homedir() });

/** Settings for the phones of this network, and what to say about it. */
async function lanOf(written: Environment): Promise<{ env: Environment; lines: readonly string[] }> {
  const addresses = await findLanAddresses();
  const settings = lanSettings(written, addresses, await lanPort(written.ORA_RELAY_PORT));
  if (!settings.ok) throw new LanError(settings.problem);
  return { env: settings.env, lines: lanLines(settings.url, addresses) };
}

async function run(): Promise<void> {
  const written = withEnvFile(processEnv, cwd());
  // A mistake in the settings shows before anything runs.
  const { apiIsChosen, askBeforePairing } = loadConfig(written);
  const lan = isLan ? await lanOf(written) : undefined;
  const env = quickstartEnvironment(lan?.env ?? written, { asks: askBeforePairing });
  onStopSignal(() => {
    print("stopping");
    void end(EXIT.OK);
  });

  markSmallHeapAtOnce({ v8 });
  const relay = await startRelayProcess({
    program: fileURLToPath(new URL("relay.mjs", import.meta.url)),
    env,
    printError,
  });
  running.push(relay.stop);
  const demo = apiIsChosen ? undefined : await startDemoApi();
  if (demo !== undefined) running.push(demo.close);
  const nodeEnv = {
    ...env,
    ORA_RELAY_URL: dialUrl(relay.url),
    ...(demo !== undefined && { ORA_NODE_API_BASE_URL: demo.url }),
  };
  const config = loadConfig(nodeEnv);
  const secrets = await openSecrets(config, "memory");

  print(`ORA Relay ${VERSION}`);
  print("");
  print(`  relay    ${relay.url}`);
  print(
    demo === undefined
      ? `  API      ${showTarget(config.api)}`
      : `  API      ${demo.url}, a demo; set ORA_NODE_API_BASE_URL to share one of your own`,
  );
  print(`  secrets  ${secretsLine(secrets, config)}`);
  print(`  settings ${settingsText(written)}`);
  if (isElsewhere(written.ORA_RELAY_URL, nodeEnv.ORA_RELAY_URL)) {
    print("  (ORA_RELAY_URL is not used here: for a relay elsewhere, run `npm run node`)");
  }
  for (const line of lan?.lines ?? hereLines(relay.url, written)) print(line);
  print("  Ctrl-C ends everything");
  print("");
  const node = await startNodeProgram({
    config,
    env: nodeEnv,
    store: secrets.store,
    print,
    input: stdin.isTTY ? stdin : undefined,
    qr: stdout.isTTY ? "colour" : "plain",
    names: ownNames(process),
  });
  running.push(node.stop);
  void relay.died.then((why) => {
    if (ending !== undefined) return;
    printError(`the relay ended by itself (${why}); stopping the rest`);
    void end(EXIT.FAILED);
  });
}

// Whoever reads the output may go away first; what runs goes on.
stdout.on("error", () => undefined);
stderr.on("error", () => undefined);

const args = argv.slice(2);
const isLan = args.includes(LAN);
const asked = readArguments(
  args.filter((arg) => arg !== LAN),
  "npm start",
  HELP,
);
if (asked.kind === "answer") {
  (asked.isError ? printError : print)(asked.text);
  exit(asked.exitCode);
}
run().catch(async (error: unknown) => {
  if (ending !== undefined) return;
  const problem = startProblem(error);
  if (problem !== undefined) {
    printError(`npm start: ${problem}`);
    await end(EXIT.CONFIG);
  } else if (error instanceof LanError) {
    printError(`npm start: ${error.message}`);
    await end(EXIT.CONFIG);
  } else if (error instanceof RelayStartError) {
    printError(`npm start: ${relayTrouble(error.message)}`);
    await end(error.exitCode);
  } else {
    printError(String(error instanceof Error ? error.stack : error));
    await end(EXIT.FAILED);
  }
});
