/**
 * The node as a program in a terminal: claims its state directory, starts, shows what happens, and takes its owner's
 * commands from other terminals and his answers from this one.
 */
import { hostname, userInfo } from "node:os";
import type { Readable } from "node:stream";
import { EXIT } from "#shared/config/exit-code.ts";
import type { Environment } from "#shared/config/settings.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { systemClock } from "../core/clock.ts";
import type { NodeConfig } from "../core/config.ts";
import { type ControlAddress, ControlError, controlAddress } from "../core/control/address.ts";
import { type ControlServer, listenForCommands } from "../core/control/control-server.ts";
import { showTarget } from "../core/local-proxy/local-target.ts";
import { type NodeCore, startNodeCore } from "../core/node-core.ts";
import type { SecretStore } from "../core/secrets/secret-store.ts";
import { runCommand } from "./commands/all.ts";
import { type CoreView, coreView } from "./core-view.ts";
import { nodeView } from "./node-view.ts";
import type { QrStyle } from "./offer-lines.ts";
import { plaintextRemark } from "./plaintext-remark.ts";
import type { ProgramNames } from "./program-names.ts";
import { takeAnswers } from "./terminal-answers.ts";

export interface NodeProgramOptions {
  readonly config: NodeConfig;
  readonly env: Environment;
  readonly store: SecretStore;
  readonly print: (line: string) => void;
  /** Where the owner types; undefined when nobody does. */
  readonly input: Readable | undefined;
  readonly qr: QrStyle;
  readonly names: ProgramNames;
}

export interface NodeProgram {
  readonly node: NodeCore;
  stop(): Promise<void>;
}

/** Where the node on this state directory takes commands. */
export function commandAddress(config: Pick<NodeConfig, "stateDir">): ControlAddress {
  const { uid, username } = userInfo();
  const user = uid >= 0 ? String(uid) : username;
  return controlAddress({ stateDir: config.stateDir, platform: process.platform, user });
}

/**
 * @throws ControlError `already_running` when another node has this state directory
 * @throws SecretsError when the store fails, or this PC's identity is damaged
 */
export async function startNodeProgram(options: NodeProgramOptions): Promise<NodeProgram> {
  const { config, env, store, print, input, qr, names } = options;
  const now = () => systemClock.now();
  let node: NodeCore | undefined;
  let view: CoreView;
  const control = await claim(options, async (call) => {
    if (node === undefined) {
      call.print("the node is starting; try again");
      return EXIT.FAILED;
    }
    return runCommand({ ...call, names, target: { memory: node, live: node, now } });
  });
  const remark = plaintextRemark(config);
  if (remark !== undefined) print(remark);
  try {
    const connections = nodeView({ relayUrl: config.relayUrl, api: showTarget(config.api), now, print });
    view = coreView({
      print,
      now,
      connections,
      node: () => node,
      qr,
      answersHere: input !== undefined,
      names,
    });
    node = await startNodeCore({
      config,
      env,
      store,
      clock: systemClock,
      backend: createCryptoBackend(),
      machineName: hostname(),
      event: view.event,
    });
  } catch (error) {
    await control?.close();
    throw error;
  }
  const started = node;
  const { showAll } = view;
  const stopListening =
    input === undefined ? undefined : takeAnswers({ input, node: started, asksForCodes: showAll });
  return {
    node: started,
    async stop() {
      stopListening?.();
      await started.stop();
      await control?.close();
    },
  };
}

/**
 * A node that keeps nothing shares nothing with another one in the usual directory, so it may run beside it, without
 * commands. One whose directory was chosen, or that keeps its secrets, must be alone there.
 */
async function claim(
  { config, env, store, print, names }: NodeProgramOptions,
  run: Parameters<typeof listenForCommands>[1],
): Promise<ControlServer | undefined> {
  try {
    return await listenForCommands(commandAddress(config), run);
  } catch (error) {
    const isChosen = (env.ORA_NODE_STATE_DIR ?? "").trim() !== "";
    if (!(error instanceof ControlError) || store.kind !== "memory" || isChosen) throw error;
    print(`commands such as \`${names.node} devices\` do not reach this node: ${error.message}`);
    return undefined;
  }
}
