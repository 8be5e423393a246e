/** `ora-node revoke ID|--all`: throws devices out, now and for good. */

import { EXIT } from "#shared/config/exit-code.ts";
import type { Device } from "../../core/devices/device.ts";
import type { PlaintextSession } from "../../core/relay-session/plaintext-sessions.ts";
import { type Command, type CommandTarget, misused, noSuchDevice } from "./command.ts";

const PLAINTEXT = "plaintext:";

export const revokeCommand: Command = {
  name: "revoke",
  usage: "ID | --all",
  summary: "throw a device out, with those it let in, or everybody",
  async run(context) {
    const { target, args, print } = context;
    const [which] = args;
    if (which === undefined || args.length > 1) return misused(revokeCommand, context);
    if (which.startsWith(PLAINTEXT)) {
      const isKnown = target.live?.revokePlaintext(which.slice(PLAINTEXT.length)) ?? false;
      print(isKnown ? `${which} is out` : `there is no session ${JSON.stringify(which.slice(0, 80))}`);
      return isKnown ? EXIT.OK : EXIT.FAILED;
    }
    const isAll = which === "--all";
    const { removed, sessions, stored } = isAll ? removeAll(target) : remove(target, which);
    if (removed.length === 0 && !isAll) return noSuchDevice(which, context);
    for (const device of removed) print(`${device.id} ${device.name} is out`);
    if (removed.length === 0) print("no device was paired");
    for (const { id, peer } of sessions ?? [])
      print(`${PLAINTEXT}${id} ${peer || "from an unknown address"} is out`);
    if (isAll) {
      print("clients without encryption that were let in until now are out as well;");
      print("only a relay of version 1 keeps its own until their tokens expire");
    }
    try {
      await stored;
    } catch {
      // The error's own words are in the node's log. What matters here is what does not hold.
      print(
        "but it could not be removed from the store: it would be let in again after a restart of the node",
      );
      return EXIT.FAILED;
    }
    return EXIT.OK;
  },
};

interface Removed {
  readonly removed: readonly Device[];
  readonly sessions?: readonly PlaintextSession[];
  readonly stored: Promise<void>;
}

function remove({ live, memory }: CommandTarget, id: string): Removed {
  return live?.revoke(id) ?? memory.devices.remove(id);
}

function removeAll({ live, memory }: CommandTarget): Removed {
  if (live !== undefined) return live.revokeAll();
  const all = memory.devices.list().map(({ id }) => memory.devices.remove(id));
  const stored = [memory.revocations.revokeAll(), ...all.map((one) => one.stored)];
  return {
    removed: all.flatMap(({ removed }) => removed),
    stored: Promise.all(stored).then(() => undefined),
  };
}
