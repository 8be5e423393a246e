/** Problems that the owner mends before a program can start: one clear line each, and an exit code of their own. */
import { ConfigError } from "#shared/config/settings.ts";
import { ControlError } from "../core/control/address.ts";
import { SecretsError } from "../core/secrets/secret-store.ts";

/** The line to show for an error the owner can mend; undefined for any other. */
export function startProblem(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof ControlError || error instanceof SecretsError) {
    return error.message;
  }
  return undefined;
}
