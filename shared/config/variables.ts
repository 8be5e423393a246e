/**
 * Every environment variable that either program reads. The relay and the node share one `.env`, so each
 * accepts the other's names; a name that begins like ours and stands in neither list is a misspelling, and
 * an error.
 */

/** Read by the relay. */
const RELAY_VARIABLES = [
  "ORA_RELAY_HOST",
  "ORA_RELAY_PORT",
  "ORA_RELAY_PUBLIC_URL",
  "ORA_RELAY_MAX_MSG_BYTES",
  "ORA_RELAY_MAX_HTTP_BODY_BYTES",
  "ORA_RELAY_MAX_PENDING",
  "ORA_RELAY_CLIENT_TIMEOUT_SEC",
  "ORA_RELAY_SESSION_TTL_SEC",
  "ORA_RELAY_PAIR_TTL_SEC",
  "ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN",
  "ORA_RELAY_MAX_SOCKETS_PER_ADDRESS",
  "ORA_RELAY_MAX_NODE_BYTES_PER_SEC",
  "ORA_RELAY_MAX_ADDRESS_BYTES_PER_SEC",
  "ORA_RELAY_ENFORCE_ORIGIN",
  "ORA_RELAY_TRUST_PROXY",
  "ORA_RELAY_ADMIN_HOST",
  "ORA_RELAY_ADMIN_PORT",
  "ORA_RELAY_TLS_CERT",
  "ORA_RELAY_TLS_KEY",
  "ORA_RELAY_ENROLL_KEY",
  "ORA_RELAY_ENROLL_KEYS_FILE",
  "ORA_RELAY_APPS",
  "ORA_RELAY_NATS_URL",
  "ORA_RELAY_NATS_NKEY_FILE",
  "ORA_RELAY_NATS_CA",
  "ORA_RELAY_LOG_LEVEL",
] as const;

/** Read by the node and by `ora-connect`. */
const NODE_VARIABLES = [
  "ORA_RELAY_URL",
  "ORA_RELAY_NODE_ID",
  "ORA_RELAY_PAIR_CODE",
  "ORA_NODE_NAME",
  "ORA_NODE_API_BASE_URL",
  "ORA_NODE_API_IDLE_SEC",
  "ORA_NODE_SECRETS",
  "ORA_NODE_STATE_DIR",
  "ORA_NODE_ALLOW_PLAINTEXT",
  "ORA_NODE_ASK_BEFORE_PAIRING",
  "ORA_NODE_DEVICE_EXPIRY_DAYS",
  "ORA_INSTANCE_ID",
] as const;

export const KNOWN_VARIABLES = [...RELAY_VARIABLES, ...NODE_VARIABLES] as const;

export type KnownVariable = (typeof KNOWN_VARIABLES)[number];

/** `ORA_INSTANCE_ID` belongs to the application this grew out of, so other `ORA_` names are none of our business. */
const OUR_PREFIXES = ["ORA_RELAY_", "ORA_NODE_"];

/** Names in `env` that look like ours and that no program reads, in the order they stand there. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(KNOWN_VARIABLES);
  return Object.keys(env).filter(
    (name) => OUR_PREFIXES.some((prefix) => name.startsWith(prefix)) && !known.has(name),
  );
}
