/** Every command of the owner, and how to carry one out. */

import { EXIT } from "#shared/config/exit-code.ts";
import { SecretsError } from "../../core/secrets/secret-store.ts";
import { activityCommand } from "./activity.ts";
import type { Command, CommandContext } from "./command.ts";
import { devicesCommand } from "./devices.ts";
import { headersCommand } from "./headers.ts";
import { pairCommand } from "./pair.ts";
import { readOnlyCommand } from "./read-only.ts";
import { renameCommand } from "./rename.ts";
import { revokeCommand } from "./revoke.ts";
import { rulesCommand } from "./rules.ts";
import { statusCommand } from "./status.ts";

export const COMMANDS: readonly Command[] = [
  devicesCommand,
  renameCommand,
  revokeCommand,
  readOnlyCommand,
  pairCommand,
  rulesCommand,
  headersCommand,
  activityCommand,
  statusCommand,
];

export function findCommand(name: string | undefined): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}

/** Carries out what stands in `args`, the command's name first. Problems with the store become a line. */
export async function runCommand({ args, ...context }: CommandContext): Promise<number> {
  const [name, ...rest] = args;
  const command = findCommand(name);
  if (command === undefined) {
    context.print(`there is no command ${JSON.stringify((name ?? "").slice(0, 80))}`);
    return EXIT.USAGE;
  }
  try {
    return await command.run({ ...context, args: rest });
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    context.print(error.message);
    return EXIT.FAILED;
  }
}
