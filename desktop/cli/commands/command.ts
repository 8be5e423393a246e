/**
 * A command of the owner, such as `ora-node devices`. It runs inside the node when one is running, else on what the
 * node has stored, and says nothing but lines and an exit code, so that both look the same.
 */

import { EXIT } from "#shared/config/exit-code.ts";
import type { CommandCall } from "../../core/control/control-server.ts";
import type { NodeCore } from "../../core/node-core.ts";
import type { NodeMemory } from "../../core/node-memory.ts";
import type { ProgramNames } from "../program-names.ts";

/** What a command works on. */
export interface CommandTarget {
  readonly memory: Pick<NodeMemory, "devices" | "rules" | "headers" | "revocations">;
  /** The running node. */
  readonly live: NodeCore | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface CommandContext extends Omit<CommandCall, "args"> {
  readonly target: CommandTarget;
  /** For hints. */
  readonly names: ProgramNames;
  /** Without the command's own name. */
  readonly args: readonly string[];
}

export interface Command {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  readonly summary: string;
  /** It needs a running node. */
  readonly needsNode?: boolean;
  /** What it is asked as when its output goes to no terminal and it was given no arguments. */
  readonly withoutTerminal?: readonly string[];
  /** It wants standard input when its arguments begin like this. */
  readonly readsInput?: (args: readonly string[]) => boolean;
  run(context: CommandContext): Promise<number> | number;
}

type Speaking = Pick<CommandContext, "print" | "names">;

/** For arguments that make no sense. */
export function misused(command: Command, { print, names }: Speaking): number {
  print(`usage: ${names.node} ${command.name} ${command.usage}`.trim());
  return EXIT.USAGE;
}

export function noSuchDevice(id: string, { print, names }: Speaking): number {
  print(`there is no device ${JSON.stringify(id.slice(0, 80))}; \`${names.node} devices\` lists them`);
  return EXIT.FAILED;
}
