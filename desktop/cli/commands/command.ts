/**
 * A command of the owner, such as `ora-node devices`. It runs inside the node when one is running, else on what the
 * node has stored, and says nothing but lines and an exit code, so that both look the same.
 */
import type { CommandCall } from "../../core/control/control-server.ts";
import type { NodeCore } from "../../core/node-core.ts";
import type { NodeMemory } from "../../core/node-memory.ts";
import { EXIT } from "../exit-code.ts";

/** What a command works on. */
export interface CommandTarget {
  readonly memory: Pick<NodeMemory, "devices" | "rules" | "headers">;
  /** The running node. */
  readonly live: NodeCore | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface CommandContext extends Omit<CommandCall, "args"> {
  readonly target: CommandTarget;
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
  /** It wants standard input when its arguments begin like this. */
  readonly readsInput?: (args: readonly string[]) => boolean;
  run(context: CommandContext): Promise<number> | number;
}

/** For arguments that make no sense. */
export function misused(command: Command, print: (line: string) => void): number {
  print(`usage: ora-node ${command.name} ${command.usage}`.trim());
  return EXIT.USAGE;
}

export function noSuchDevice(id: string, print: (line: string) => void): number {
  print(`there is no device ${JSON.stringify(id.slice(0, 80))}; \`ora-node devices\` lists them`);
  return EXIT.FAILED;
}
