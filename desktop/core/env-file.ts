/** Reads the `.env` in the working directory. The real environment wins; a missing file is an empty one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { type Environment, unreadableFile } from "#shared/config/settings.ts";

/**
 * The environment with the `.env` of `directory` underneath.
 * @throws {ConfigError} when the file is there and cannot be read.
 */
export function withEnvFile(env: Environment, directory: string): Environment {
  const path = join(directory, ".env");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return env;
    throw unreadableFile(path, error);
  }
  return { ...parseEnv(text), ...env };
}
