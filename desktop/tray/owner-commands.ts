/** `ora-node devices` and the like, carried out in the tray app's node while it runs. What they change the tray shows. */
import { EXIT } from "#shared/config/exit-code.ts";
import { runCommand } from "../cli/commands/all.ts";
import { INSTALLED_NAMES } from "../cli/program-names.ts";
import type { Clock } from "../core/clock.ts";
import type { RunCommand } from "../core/control/control-server.ts";
import type { NodeCore } from "../core/node-core.ts";

export interface OwnerCommandsOptions {
  readonly node: () => NodeCore | undefined;
  readonly clock: Clock;
  readonly changed: () => void;
}

export function ownerCommands({ node, clock, changed }: OwnerCommandsOptions): RunCommand {
  return async (call) => {
    const live = node();
    if (live === undefined) {
      call.print("the tray app has no node at the moment: look at its icon");
      return EXIT.FAILED;
    }
    try {
      return await runCommand({
        ...call,
        names: INSTALLED_NAMES,
        target: { memory: live, live, now: () => clock.now() },
      });
    } finally {
      changed();
    }
  };
}
