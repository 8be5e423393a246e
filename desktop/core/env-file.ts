/** Reads the `.env` in the working directory. The real environment wins; a missing file is an empty one. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { checkedEnvText, envFileLine, requireOwnFile } from "#shared/config/env-file.ts";
import { ConfigError, type Environment, unreadableFile } from "#shared/config/settings.ts";

/**
 * The environment with the `.env` of `directory` underneath. `print` gets a line that says so when there is one.
 * @throws {ConfigError} as `readEnvFile`.
 */
export function withEnvFile(
  env: Environment,
  directory: string,
  print: (line: string) => void = () => undefined,
): Environment {
  const values = readEnvFile(directory);
  if (values === undefined) return env;
  print(envFileLine(directory));
  return { ...values, ...env };
}

/**
 * The `.env` in `directory` alone; undefined when there is none.
 * @throws {ConfigError} when the file is there and cannot be read, may be another user's, or has a line that is none.
 */
export function readEnvFile(directory: string): Environment | undefined {
  const path = join(directory, ".env");
  const text = readOwnFile(path);
  return text === undefined ? undefined : parseEnv(checkedEnvText(path, text));
}

/** Looked at and read as one file, whatever is done to its name meanwhile. */
function readOwnFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    // Whoever puts a pipe there must not make the program wait.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    requireOwnFile(path, fstatSync(file), process.getuid?.());
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw unreadableFile(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
