/** Reads the `.env` in the working directory, when nobody else can have written it. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getuid } from "node:process";
import { parseEnv } from "node:util";
import { checkedEnvText, requireOwnFile } from "#shared/config/env-file.ts";
import { ConfigError, type Environment, unreadableFile } from "#shared/config/settings.ts";

/**
 * The `.env` in `directory`; undefined when there is none.
 * @throws {ConfigError} when it is there and cannot be read, may be another user's, or has a line that is none.
 */
export function readDotEnv(directory: string): Environment | undefined {
  const path = join(directory, ".env");
  let file: number | undefined;
  try {
    // Looked at and read as one file; whoever puts a pipe there must not make the program wait.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    requireOwnFile(path, fstatSync(file), getuid?.());
    return parseEnv(checkedEnvText(path, readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw unreadableFile(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
