/** `ora-node read-only ID on|off`: whether a device, and those it let in, may change anything. */
import { EXIT } from "#shared/config/exit-code.ts";
import { type Command, misused, noSuchDevice } from "./command.ts";

export const readOnlyCommand: Command = {
  name: "read-only",
  usage: "ID on|off",
  summary: "let a device look and change nothing, or lift that",
  async run(context) {
    const { target, args, print } = context;
    const [id, word] = args;
    if (id === undefined || (word !== "on" && word !== "off") || args.length > 2) {
      return misused(readOnlyCommand, context);
    }
    const { live, memory } = target;
    const changed = await (live ?? memory.devices).setReadOnly(id, word === "on");
    if (changed === undefined) return noSuchDevice(id, context);
    print(
      changed.readOnly ? `${changed.id} may look and change nothing` : `${changed.id} is no longer read only`,
    );
    return EXIT.OK;
  },
};
