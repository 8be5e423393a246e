/** `ora-node status`: what the running node is doing. */
import { apiText, relayText } from "../../core/status-text.ts";
import { EXIT } from "../exit-code.ts";
import { type Command, misused } from "./command.ts";

export const statusCommand: Command = {
  name: "status",
  usage: "",
  summary: "whether this PC is reachable, and what is in the way",
  needsNode: true,
  run(context) {
    const { target, args, print, names } = context;
    if (args.length > 0) return misused(statusCommand, context);
    const { live, now } = target;
    if (live === undefined) return EXIT.FAILED;
    print(`${live.name} (${live.nodeId})`);
    print(relayText(live.relayState, new URL(live.relayOrigin).host, now()));
    print(apiText(live.apiState, live.apiAddress));
    const devices = live.devices.list();
    const connected = devices.filter(({ id }) => live.isConnected(id)).length;
    print(
      devices.length === 1
        ? `1 paired device, ${connected === 1 ? "connected" : "not connected"}`
        : `${devices.length} paired devices, ${connected} of them connected`,
    );
    if (live.allowsPlaintext)
      print(`clients that the relay can read are served: ${live.plaintext.list().length} now`);
    for (const { id, name, checkNumber } of live.desk.questions) {
      print(
        `${name} (check number ${checkNumber}) waits: ${names.node} pair --allow ${id}, or --refuse ${id}`,
      );
    }
    return live.relayState.kind === "connected" ? EXIT.OK : EXIT.FAILED;
  },
};
