/** Opens the node's secrets, for every program that has a node: headless and quickstart. */
import { systemClock } from "../core/clock.ts";
import type { NodeConfig } from "../core/config.ts";
import { type ChosenSecrets, chooseSecrets } from "../core/secrets/choose.ts";
import { keychainSecrets } from "../core/secrets/keychain.ts";

const KEYCHAIN_SERVICE = "ora-relay";

export function openSecrets(config: NodeConfig, otherwise: "stop" | "memory"): Promise<ChosenSecrets> {
  return chooseSecrets({
    choice: config.secrets,
    stateDir: config.stateDir,
    openKeychain: () => keychainSecrets({ service: KEYCHAIN_SERVICE, clock: systemClock }),
    otherwise,
  });
}

/** Where secrets rest, in one line. */
export function secretsLine({ store, because }: ChosenSecrets, config: NodeConfig): string {
  switch (store.kind) {
    case "keychain":
      return "kept in the system's keychain";
    case "file":
      return `kept in files that only you can read, in ${config.stateDir}`;
    case "memory":
      return because === undefined
        ? "kept in memory, and gone when this ends"
        : "kept in memory, and gone when this ends: this system has no usable keychain. To keep them, set ORA_NODE_SECRETS=file";
  }
}
