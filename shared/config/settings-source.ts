/** Which settings somebody has written down, and where: names alone, for their values may be secrets. */
import type { Environment } from "#shared/config/settings.ts";
import { KNOWN_VARIABLES } from "#shared/config/variables.ts";

export interface WrittenSettings {
  readonly environment: Environment;
  /** The `.env` of `directory`, which the environment wins over; undefined when there is none. */
  readonly dotEnv: Environment | undefined;
  readonly directory: string;
}

/** Such as `ORA_RELAY_URL from the environment`; undefined when nothing is set. */
export function settingsSource({ environment, dotEnv, directory }: WrittenSettings): string | undefined {
  const isSet = (name: string, env: Environment) => (env[name] ?? "").trim() !== "";
  const ofEnvironment = KNOWN_VARIABLES.filter((name) => isSet(name, environment));
  // One that is set to nothing in the environment hides the file's, too.
  const ofFile = KNOWN_VARIABLES.filter(
    (name) => environment[name] === undefined && dotEnv !== undefined && isSet(name, dotEnv),
  );
  const parts = [
    ...(ofEnvironment.length === 0 ? [] : [`${ofEnvironment.join(", ")} from the environment`]),
    ...(ofFile.length === 0 ? [] : [`${ofFile.join(", ")} from .env in ${directory}`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** For when nothing is set. */
export function nothingIsSet({ dotEnv, directory }: Pick<WrittenSettings, "dotEnv" | "directory">): string {
  return `nothing is set in the environment, nor in a .env in ${directory}${dotEnv === undefined ? ", where there is none" : ""}`;
}
