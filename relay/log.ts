/**
 * The relay's log: one JSON line per event on standard output, none per frame. Messages are constant and data stands
 * in fields. Ids appear as short hash prefixes; codes, tokens, paths and bodies never do.
 */
import { createHash } from "node:crypto";
import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

/** Makes the log. `destination` is for tests. */
export function createLog(level: (typeof LOG_LEVELS)[number], destination?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const TAG_LENGTH = 8;

/** What stands for an id in the log: enough to follow one, too little to use it. */
export function idTag(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, TAG_LENGTH);
}
