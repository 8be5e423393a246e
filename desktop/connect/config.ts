/** What `ora-connect` takes from the environment: the same names, defaults and stores as the node. */
import { resolve } from "node:path";
import { parseRelayAddress } from "#shared/client/relay-address.ts";
import { choice, type Environment, readSettings, text } from "#shared/config/settings.ts";
import type { SecretsKind } from "../core/config.ts";
import { defaultStateDir, type Machine } from "../core/state-dir.ts";

const DEFAULT_RELAY_URL = "http://127.0.0.1:9010";

export interface ConnectConfig {
  /** For codes, when no `--relay` was given. */
  readonly relayUrl: string;
  /** Undefined: the keychain where there is one, else memory. */
  readonly secrets: SecretsKind | undefined;
  /** Absolute. */
  readonly stateDir: string;
}

/** @throws {ConfigError} naming the variable, the value and what is allowed. */
export function loadConnectConfig(env: Environment, machine: Machine): ConnectConfig {
  return readSettings(env, {
    relayUrl: text(
      "ORA_RELAY_URL",
      DEFAULT_RELAY_URL,
      "a ws, wss, http or https URL without user, query and fragment",
      (value) => parseRelayAddress(value)?.url,
    ),
    secrets: choice("ORA_NODE_SECRETS", ["keychain", "file", "memory"], undefined),
    stateDir: text("ORA_NODE_STATE_DIR", defaultStateDir(env, machine), "a directory", (value) =>
      resolve(value),
    ),
  });
}
