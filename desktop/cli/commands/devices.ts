/** `ora-node devices`: who may come in, and who is there now. */

import { EXIT } from "#shared/config/exit-code.ts";
import type { Device } from "../../core/devices/device.ts";
import { type Command, misused } from "./command.ts";
import { ago, table } from "./table.ts";

export const devicesCommand: Command = {
  name: "devices",
  usage: "[--json]",
  summary: "list paired devices and plaintext sessions",
  run(context) {
    const { target, args, print } = context;
    const asJson = args[0] === "--json";
    if (args.length > (asJson ? 1 : 0)) return misused(devicesCommand, context);
    const { devices } = target.memory;
    const { live, now } = target;
    const sessions = live?.plaintext.list() ?? [];
    if (asJson) {
      const list = devices.list().map((device) => ({
        id: device.id,
        name: device.name,
        created: device.created,
        last_seen: device.lastSeen,
        connected: live?.isConnected(device.id) ?? false,
        read_only: device.readOnly === true,
        ...(device.parent !== undefined && { parent: device.parent }),
        ...(device.app === true && { app: true }),
      }));
      const plaintext = sessions.map(({ id, peer, since }) => ({ id: `plaintext:${id}`, peer, since }));
      print(JSON.stringify({ devices: list, plaintext, damaged: devices.damaged }));
      return EXIT.OK;
    }
    const rows = withAppsBelow(devices.list()).map((device) => [
      device.id,
      device.app ? `└ ${device.name}` : device.name,
      live?.isConnected(device.id) ? "connected" : ago(now() - device.lastSeen),
      notesOf(device).join(", "),
    ]);
    const plaintext = sessions.map(({ id, peer, since }) => [
      `plaintext:${id}`,
      peer,
      `paired ${ago(now() - since)}`,
      "not encrypted",
    ]);
    if (rows.length + plaintext.length === 0) print("no device is paired");
    else for (const line of table(["ID", "NAME", "LAST SEEN", ""], [...rows, ...plaintext])) print(line);
    for (const item of devices.damaged)
      print(`${item} cannot be read and lets nobody in; it was left as it is`);
    return EXIT.OK;
  },
};

/** A web app is a part of the device that opened it, and stands below it. */
function withAppsBelow(devices: readonly Device[]): Device[] {
  const isBelow = (app: Device, device: Device) => app.app === true && app.parent === device.id;
  const owners = devices.filter((one) => !devices.some((other) => isBelow(one, other)));
  return owners.flatMap((owner) => [owner, ...devices.filter((one) => isBelow(one, owner))]);
}

function notesOf({ readOnly, parent, app }: Device): string[] {
  return [
    ...(readOnly ? ["read only"] : []),
    ...(app ? ["web app"] : parent === undefined ? [] : [`let in by ${parent}`]),
  ];
}
