/** `ora-node status`: what the running node is doing. */

import { EXIT } from "#shared/config/exit-code.ts";
import { nodeReport } from "../../core/doctor/node-report.ts";
import { apiText, relayText } from "../../core/status-text.ts";
import { type Command, misused } from "./command.ts";

export const statusCommand: Command = {
  name: "status",
  usage: "[--json]",
  summary: "whether this PC is reachable, and what is in the way; for programs with what it was started with",
  needsNode: true,
  run(context) {
    const { target, args, print, names } = context;
    const wantsJson = args.length === 1 && args[0] === "--json";
    if (args.length > 0 && !wantsJson) return misused(statusCommand, context);
    const { live, now } = target;
    if (live === undefined) return EXIT.FAILED;
    const exit = live.relayState.kind === "connected" ? EXIT.OK : EXIT.FAILED;
    if (wantsJson) {
      print(nodeReport(live));
      return exit;
    }
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
    return exit;
  },
};
