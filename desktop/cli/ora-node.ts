/** `ora-node`, the headless node: prints its configuration, then what it is doing, until it is told to stop. */
import { homedir } from "node:os";
import { argv, cwd, exit, platform, env as processEnv, stderr, stdout } from "node:process";
import { loadNodeConfig } from "../core/config.ts";
import { withEnvFile } from "../core/env-file.ts";
import { readArguments } from "./arguments.ts";
import { EXIT } from "./exit-code.ts";
import { NODE_HELP } from "./node-help.ts";
import { openNode, openSecrets, secretsLine } from "./open-node.ts";
import { startProblem } from "./start-problem.ts";
import { onStopSignal } from "./stop-signals.ts";

const STOP_DEADLINE_MS = 5_000;

const print = (line: string) => {
  stdout.write(`${line}\n`);
};

async function run(): Promise<void> {
  const env = withEnvFile(processEnv, cwd());
  const config = loadNodeConfig(env, { platform, home: homedir() });
  for (const line of config.lines) print(line);
  const secrets = await openSecrets(config, "stop");
  print(`secrets are ${secretsLine(secrets, config)}`);
  const node = openNode(config, env, print);
  onStopSignal((signal) => {
    print(`stopping (${signal})`);
    setTimeout(() => exit(EXIT.OK), STOP_DEADLINE_MS).unref();
    void node.stop().then(() => exit(EXIT.OK));
  });
}

// Whoever reads the output may go away first; the node goes on.
stdout.on("error", () => undefined);

const asked = readArguments(argv.slice(2), "ora-node", NODE_HELP);
if (asked.kind === "answer") {
  (asked.isError ? stderr : stdout).write(`${asked.text}\n`);
  exit(asked.exitCode);
}
run().catch((error: unknown) => {
  const problem = startProblem(error);
  if (problem === undefined) throw error;
  stderr.write(`ora-node: ${problem}\n`);
  exit(EXIT.CONFIG);
});
