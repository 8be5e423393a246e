/** `ora-node activity`: what devices did, from the running node's memory. */

import { EXIT } from "#shared/config/exit-code.ts";
import type { ActivityEntry } from "../../core/activity/activity-log.ts";
import { type Command, misused } from "./command.ts";

const SHOWN = 50;

export const activityCommand: Command = {
  name: "activity",
  usage: "[--follow]",
  summary: "the latest requests, or each as it ends",
  needsNode: true,
  async run(context) {
    const { target, args, print, signal } = context;
    const follows = args[0] === "--follow";
    if (args.length > (follows ? 1 : 0)) return misused(activityCommand, context);
    const { live } = target;
    if (live === undefined) return EXIT.FAILED;
    for (const entry of live.activity.list(SHOWN).reverse()) print(lineOf(entry));
    if (!follows) return EXIT.OK;
    const stop = live.activity.subscribe((entry) => {
      if (entry.outcome !== "open") print(lineOf(entry));
    });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve());
    });
    stop();
    return EXIT.OK;
  },
};

function lineOf(entry: ActivityEntry): string {
  const time = new Date(entry.started).toTimeString().slice(0, 8);
  // Paths are a client's text: nothing in them may steer a terminal.
  const path = entry.path.replace(/[^\x20-\x7e]/g, "?");
  const status = entry.status ?? "-";
  const kind = entry.isWebSocket ? "WebSocket" : entry.method.replace(/[^\x20-\x7e]/g, "?");
  const sizes = `${entry.bytesIn} B in, ${entry.bytesOut} B out, ${Math.round(entry.durationMs)} ms`;
  return `${time} ${entry.device} ${kind} ${path} ${status} ${entry.outcome} (${sizes})`;
}
