/** `ora-node rename ID NAME`: what the owner calls a device. A name is taken as it is, or refused. */

import { EXIT } from "#shared/config/exit-code.ts";
import { MAX_NAME_LENGTH } from "../../core/devices/device-name.ts";
import { type Command, misused, noSuchDevice } from "./command.ts";

export const renameCommand: Command = {
  name: "rename",
  usage: "ID NAME",
  summary: "give a device another name",
  async run(context) {
    const { target, args, print } = context;
    const [id, ...words] = args;
    if (id === undefined || words.length === 0) return misused(renameCommand, context);
    if (id.startsWith("plaintext:")) {
      print("a plaintext session has no name: it ends with its hour, and its client pairs again");
      return EXIT.FAILED;
    }
    const name = words.join(" ").trim();
    if (!/[^\p{C}\p{Z}\p{M}]/u.test(name)) {
      print("a name needs a letter, a digit or a sign that can be seen");
      return EXIT.USAGE;
    }
    if (Array.from(name).length > MAX_NAME_LENGTH) {
      print(`that name is too long: ${MAX_NAME_LENGTH} characters at most`);
      return EXIT.USAGE;
    }
    const renamed = await target.memory.devices.rename(id, name);
    if (renamed === undefined) return noSuchDevice(id, context);
    print(`${renamed.id} is now called ${renamed.name}`);
    return EXIT.OK;
  },
};
