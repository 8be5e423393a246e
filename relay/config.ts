/**
 * The relay's settings, from the environment and from `.env` in the working directory, of which the environment wins.
 * A misspelt name or a bad value is an error that names it; nothing is guessed.
 */
import { ENROLL_KEY_ALLOWED, parseEnrollKey } from "#shared/config/enroll-key.ts";
import { PUBLIC_URL_ALLOWED, parsePublicUrl } from "#shared/config/public-url.ts";
import {
  ConfigError,
  choice,
  type Environment,
  flag,
  integer,
  readSettings,
  type SettingValues,
  text,
} from "#shared/config/settings.ts";
import { APPS_ALLOWED, type AppsTrouble, appsTrouble, parseApps } from "./app-origins.ts";
import { LOG_LEVELS } from "./log.ts";
import { NATS_URL_ALLOWED, parseNatsUrl } from "./nats-url.ts";

const MIB = 1024 * 1024;

const HOST_ALLOWED = "a host name or an IP address";

function parseHost(value: string): string | undefined {
  return /^[\w.:%-]{1,255}$/.test(value) ? value : undefined;
}

const PATH_ALLOWED = "the path of a file";

function parsePath(value: string): string | undefined {
  return /^[^\p{Cc}]{1,4096}$/u.test(value) ? value : undefined;
}

const BYTES_PER_SECOND = { min: 0, max: 1024 * MIB, unit: "bytes" };

export const RELAY_SETTINGS = {
  /** Address to listen on. Anything but loopback is reachable by others. */
  host: text("ORA_RELAY_HOST", "127.0.0.1", HOST_ALLOWED, parseHost),
  /** 0 lets the system choose. */
  port: integer("ORA_RELAY_PORT", 9010, { min: 0, max: 65_535, unit: "a port" }),
  /** Where metrics are; without a port there is no such listener. Whoever reaches it sees numbers, and no ids. */
  adminHost: text("ORA_RELAY_ADMIN_HOST", "127.0.0.1", HOST_ALLOWED, parseHost),
  adminPort: integer("ORA_RELAY_ADMIN_PORT", undefined, { min: 0, max: 65_535, unit: "a port" }),
  /** With these two the relay speaks TLS itself; read again when the files change. */
  tlsCert: text("ORA_RELAY_TLS_CERT", undefined, PATH_ALLOWED, parsePath),
  tlsKey: text("ORA_RELAY_TLS_KEY", undefined, PATH_ALLOWED, parsePath),
  /** What clients and nodes call this relay; without it, and not on loopback, only protocol 1 is served. */
  publicUrl: text("ORA_RELAY_PUBLIC_URL", undefined, PUBLIC_URL_ALLOWED, parsePublicUrl),
  /** The longest message of a v1 socket. */
  maxMessageBytes: integer("ORA_RELAY_MAX_MSG_BYTES", MIB, { min: 1024, max: 64 * MIB, unit: "bytes" }),
  /** The longest body of a v1 request or response, decoded. */
  maxBodyBytes: integer("ORA_RELAY_MAX_HTTP_BODY_BYTES", MIB / 4, { min: 0, max: 32 * MIB, unit: "bytes" }),
  /** v1 requests under way at one node. */
  maxPending: integer("ORA_RELAY_MAX_PENDING", 64, { min: 1, max: 10_000, unit: "requests" }),
  clientTimeoutSec: integer("ORA_RELAY_CLIENT_TIMEOUT_SEC", 35, { min: 1, max: 3_600, unit: "seconds" }),
  sessionTtlSec: integer("ORA_RELAY_SESSION_TTL_SEC", 3_600, {
    min: 60,
    max: 86_400,
    unit: "seconds",
    clamp: true,
  }),
  pairTtlSec: integer("ORA_RELAY_PAIR_TTL_SEC", 120, { min: 30, max: 600, unit: "seconds", clamp: true }),
  /** Pairing attempts of one address in a minute; 0 turns the limit off. */
  pairRatePerMinute: integer("ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN", 30, {
    min: 0,
    max: 1_000_000,
    unit: "attempts",
  }),
  /** WebSockets of one address at once; 0 turns the limit off. The relay's own machine has none. */
  maxSocketsPerAddress: integer("ORA_RELAY_MAX_SOCKETS_PER_ADDRESS", 2_048, {
    min: 0,
    max: 1_000_000,
    unit: "sockets",
  }),
  /** What may pass at one node, both ways together, and at all sockets of one address (not this machine's); 0 for as much as can. */
  nodeBytesPerSecond: integer("ORA_RELAY_MAX_NODE_BYTES_PER_SEC", 0, BYTES_PER_SECOND),
  addressBytesPerSecond: integer("ORA_RELAY_MAX_ADDRESS_BYTES_PER_SEC", 0, BYTES_PER_SECOND),
  /** Refuse client sockets whose Origin is not https; one without Origin is refused too. */
  enforceOrigin: flag("ORA_RELAY_ENFORCE_ORIGIN", false),
  /** Believe the last hop of X-Forwarded-For. Only behind a proxy that sets it. */
  trustProxy: flag("ORA_RELAY_TRUST_PROXY", false),
  /** What a node must know to register with protocol 2. */
  enrollKey: text("ORA_RELAY_ENROLL_KEY", undefined, ENROLL_KEY_ALLOWED, parseEnrollKey, { secret: true }),
  /** The file that `ora-relay keys` writes: several such keys, named, revocable while the relay runs. */
  enrollKeysFile: text("ORA_RELAY_ENROLL_KEYS_FILE", undefined, PATH_ALLOWED, parsePath),
  /** Where the web apps of PCs have their origins. */
  apps: text("ORA_RELAY_APPS", undefined, APPS_ALLOWED, parseApps),
  /** The bus between several relays of one name; without it this relay is alone. Its URL may hold a password. */
  natsUrl: text("ORA_RELAY_NATS_URL", undefined, NATS_URL_ALLOWED, parseNatsUrl, { secret: true }),
  /** The seed that this relay logs in to the bus with, and who vouches for the bus's certificate. */
  natsNkeyFile: text("ORA_RELAY_NATS_NKEY_FILE", undefined, PATH_ALLOWED, parsePath),
  natsCa: text("ORA_RELAY_NATS_CA", undefined, PATH_ALLOWED, parsePath),
  logLevel: choice("ORA_RELAY_LOG_LEVEL", LOG_LEVELS, "info"),
};

export type RelayConfig = SettingValues<typeof RELAY_SETTINGS>;

/**
 * The relay's configuration.
 * @throws {ConfigError} on a misspelt name or a value that is not allowed.
 */
export function loadRelayConfig(sources: { environment: Environment; dotEnv: Environment }): RelayConfig {
  const config = readSettings({ ...sources.dotEnv, ...sources.environment }, RELAY_SETTINGS);
  checkTls(config);
  checkBus(config);
  const trouble = appsTrouble(config);
  if (trouble === undefined) return config;
  throw new ConfigError("config_bad_value", "ORA_RELAY_APPS", `ORA_RELAY_APPS ${APPS_TROUBLE[trouble]}`);
}

function checkTls({ tlsCert, tlsKey, publicUrl }: RelayConfig): void {
  if (tlsCert === undefined && tlsKey === undefined) return;
  if (tlsCert === undefined || tlsKey === undefined) {
    const missing = tlsCert === undefined ? "ORA_RELAY_TLS_CERT" : "ORA_RELAY_TLS_KEY";
    throw new ConfigError("config_bad_value", missing, `${missing} is not set, and its other half is`);
  }
  if (!publicUrl?.startsWith("https://")) {
    throw new ConfigError(
      "config_bad_value",
      "ORA_RELAY_PUBLIC_URL",
      "ORA_RELAY_PUBLIC_URL has to be the https:// address of this relay when ORA_RELAY_TLS_CERT is set",
    );
  }
}

function checkBus({ natsUrl, natsNkeyFile, natsCa }: RelayConfig): void {
  if (natsUrl !== undefined || (natsNkeyFile ?? natsCa) === undefined) return;
  const alone = natsNkeyFile === undefined ? "ORA_RELAY_NATS_CA" : "ORA_RELAY_NATS_NKEY_FILE";
  throw new ConfigError("config_bad_value", alone, `${alone} is set, and ORA_RELAY_NATS_URL is not`);
}

const APPS_TROUBLE: Readonly<Record<AppsTrouble, string>> = {
  needs_public_url: "is subdomain, and sub-domains of what is not known: set ORA_RELAY_PUBLIC_URL",
  public_url_is_ip:
    "is subdomain, but ORA_RELAY_PUBLIC_URL is an IP address, which has no sub-domains: give the relay a name, or name one origin for apps",
  same_as_home:
    "is the relay's own address: apps are foreign code and need an origin of their own, such as another sub-domain",
};
