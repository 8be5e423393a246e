/**
 * Decides where secrets rest. A choice that was written down is kept or fails. Without one it is the keychain; where
 * there is none the program either stops (a node that runs unattended must not lose its pairings unnoticed) or, when
 * it says so to its user, goes on in memory.
 */
import { join } from "node:path";
import type { SecretsKind } from "../config.ts";
import { fileSecrets } from "./file.ts";
import { memorySecrets } from "./memory.ts";
import { type SecretStore, SecretsError } from "./secret-store.ts";

export interface ChooseSecrets {
  readonly choice: SecretsKind | undefined;
  readonly stateDir: string;
  readonly openKeychain: () => Promise<SecretStore>;
  /** What to do without a keychain when nothing was chosen. */
  readonly otherwise: "stop" | "memory";
}

export interface ChosenSecrets {
  readonly store: SecretStore;
  /** Why memory is used although nobody chose it. */
  readonly because?: SecretsError;
}

/** @throws {SecretsError} when the chosen store cannot be used, or there is no keychain and `otherwise` is "stop". */
export async function chooseSecrets(options: ChooseSecrets): Promise<ChosenSecrets> {
  switch (options.choice) {
    case "file":
      return { store: await fileSecrets(join(options.stateDir, "secrets")) };
    case "memory":
      return { store: memorySecrets() };
    case "keychain":
      return { store: await options.openKeychain() };
    case undefined:
  }
  try {
    return { store: await options.openKeychain() };
  } catch (error) {
    const missing = error instanceof SecretsError && error.code === "no_keychain";
    if (!missing || options.otherwise === "stop") throw error;
    return { store: memorySecrets(), because: error };
  }
}
