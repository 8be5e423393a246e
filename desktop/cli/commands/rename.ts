/** `ora-node rename ID NAME`: what the owner calls a device. */
import { EXIT } from "../exit-code.ts";
import { type Command, misused, noSuchDevice } from "./command.ts";

export const renameCommand: Command = {
  name: "rename",
  usage: "ID NAME",
  summary: "give a device another name",
  async run({ target, args, print }) {
    const [id, ...words] = args;
    if (id === undefined || words.length === 0) return misused(renameCommand, print);
    const renamed = await target.memory.devices.rename(id, words.join(" "));
    if (renamed === undefined) return noSuchDevice(id, print);
    print(`${renamed.id} is now called ${renamed.name}`);
    return EXIT.OK;
  },
};
