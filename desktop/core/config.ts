/**
 * What the node is told by its environment (protocol sections 1, 6 and 8), typed. A misspelt name or a value that
 * is not allowed is an error that names it; nothing falls back silently.
 */
import { resolve } from "node:path";
import { ENROLL_KEY_ALLOWED, parseEnrollKey } from "#shared/config/enroll-key.ts";
import { PUBLIC_URL_ALLOWED, parsePublicUrl } from "#shared/config/public-url.ts";
import {
  choice,
  describeSettings,
  type Environment,
  flag,
  integer,
  readSettings,
  type SettingValues,
  text,
} from "#shared/config/settings.ts";
import { parseRelayUrl, relaySocketUrl } from "#shared/protocol/relay-url.ts";
import { MAX_CODE_LENGTH } from "#shared/protocol/v1/limits.ts";
import { type LocalTarget, localTarget, parseApiUrl } from "./local-proxy/local-target.ts";
import { isLoopbackHost } from "./loopback.ts";
import { defaultStateDir, type Machine } from "./state-dir.ts";

export type SecretsKind = "keychain" | "file" | "memory";

const DEFAULT_RELAY_URL = "ws://127.0.0.1:9010";
const DEFAULT_API_BASE_URL = "http://127.0.0.1:8000";
const DEFAULT_NODE_ID = "node";

/** A v1 node id: what fits a URL and a log line, and is not a v2 id, which only its key may claim. UTF-16 units. */
const MAX_NODE_ID_LENGTH = 128;
const V2_NODE_ID = /^[a-z2-7]{51}[aq]$/;

const DAY_MS = 86_400_000;

/** The local API must answer this much sooner than the relay gives up, so that the client hears why. */
const ANSWER_MARGIN_SEC = 5;

function readRelayUrl(value: string): URL | undefined {
  const url = parseRelayUrl(value);
  return url === undefined ? undefined : new URL(relaySocketUrl(url));
}

function parseNodeId(value: string): string | undefined {
  if (value.length > MAX_NODE_ID_LENGTH || V2_NODE_ID.test(value)) return undefined;
  return /\p{Cc}/u.test(value) ? undefined : value;
}

const NODE_ID_ALLOWED = `1 to ${MAX_NODE_ID_LENGTH} characters, not in the form of an encrypted node's id`;

function nodeSettings(stateDir: string) {
  return {
    relayUrl: text(
      "ORA_RELAY_URL",
      new URL(DEFAULT_RELAY_URL),
      "a ws, wss, http or https URL without user, query and fragment",
      readRelayUrl,
    ),
    relayPublicUrl: text("ORA_RELAY_PUBLIC_URL", undefined, PUBLIC_URL_ALLOWED, parsePublicUrl),
    apiBaseUrl: text(
      "ORA_NODE_API_BASE_URL",
      new URL(DEFAULT_API_BASE_URL),
      "an http or https URL without user, query and fragment",
      parseApiUrl,
    ),
    nodeId: text("ORA_RELAY_NODE_ID", undefined, NODE_ID_ALLOWED, parseNodeId),
    instanceId: text("ORA_INSTANCE_ID", undefined, NODE_ID_ALLOWED, parseNodeId),
    pairCode: text(
      "ORA_RELAY_PAIR_CODE",
      undefined,
      `1 to ${MAX_CODE_LENGTH} visible ASCII characters`,
      (value) => (/^[\x21-\x7e]+$/.test(value) && value.length <= MAX_CODE_LENGTH ? value : undefined),
      { secret: true },
    ),
    secrets: choice("ORA_NODE_SECRETS", ["keychain", "file", "memory"], undefined),
    stateDir: text("ORA_NODE_STATE_DIR", stateDir, "a directory", (value) => resolve(value)),
    allowPlaintext: flag("ORA_NODE_ALLOW_PLAINTEXT", undefined),
    name: text("ORA_NODE_NAME", undefined, "a name to show on devices", (value) => value.slice(0, 200)),
    askBeforePairing: flag("ORA_NODE_ASK_BEFORE_PAIRING", false),
    deviceExpiryDays: integer("ORA_NODE_DEVICE_EXPIRY_DAYS", 30, { min: 1, max: 3650, unit: "days" }),
    enrollKey: text("ORA_RELAY_ENROLL_KEY", undefined, ENROLL_KEY_ALLOWED, parseEnrollKey, {
      secret: true,
    }),
    maxMessageBytes: integer("ORA_RELAY_MAX_MSG_BYTES", 1_048_576, {
      min: 1024,
      max: 64 * 1_048_576,
      unit: "bytes",
    }),
    maxBodyBytes: integer("ORA_RELAY_MAX_HTTP_BODY_BYTES", 262_144, {
      min: 0,
      max: 32 * 1_048_576,
      unit: "bytes",
    }),
    pairTtlSec: integer("ORA_RELAY_PAIR_TTL_SEC", 120, { min: 30, max: 600, unit: "seconds", clamp: true }),
    clientTimeoutSec: integer("ORA_RELAY_CLIENT_TIMEOUT_SEC", 35, { min: 1, max: 3600, unit: "seconds" }),
    apiIdleSec: integer("ORA_NODE_API_IDLE_SEC", 3600, { min: 1, max: 86_400, unit: "seconds" }),
  };
}

export interface NodeConfig {
  /** `ws:` or `wss:`, its path without a trailing slash. */
  readonly relayUrl: URL;
  /** Where links lead, as `http(s)://host[:port][/base]`. Undefined: to `relayUrl`. */
  readonly relayPublicUrl: string | undefined;
  readonly api: LocalTarget;
  /** True when `ORA_NODE_API_BASE_URL` was set. */
  readonly apiIsChosen: boolean;
  /** For v1 relays only. */
  readonly nodeId: string;
  /** Offered as it is, instead of fresh codes. Secret. */
  readonly pairCode: string | undefined;
  /** Undefined: the keychain where there is one. */
  readonly secrets: SecretsKind | undefined;
  /** Absolute. */
  readonly stateDir: string;
  /**
   * As chosen; by default whether the relay is on this machine, and not when the owner wants to be asked, for nobody
   * can be asked about plaintext clients.
   */
  readonly allowPlaintext: boolean;
  /** False: the default, which a relay that strangers can reach turns off. */
  readonly plaintextIsChosen: boolean;
  /** What devices call this PC. Undefined: the machine's name. */
  readonly name: string | undefined;
  readonly askBeforePairing: boolean;
  /** A device that was not used for this long is forgotten. */
  readonly deviceExpiryMs: number;
  /** Secret. */
  readonly enrollKey: string | undefined;
  readonly maxMessageBytes: number;
  readonly maxBodyBytes: number;
  readonly pairTtlMs: number;
  /** When the relay gives up on a v1 request. */
  readonly clientTimeoutMs: number;
  /**
   * How long the local API may make no progress on an encrypted stream. Long: long polls and silent events are in
   * order, and whoever does not want to wait gives up himself.
   */
  readonly apiIdleTimeoutMs: number;
  /** The same for a plaintext request: the relay shall hear of it before it gives up. */
  readonly plaintextIdleTimeoutMs: number;
  /** The effective configuration as `NAME=value` lines, secrets masked. */
  readonly lines: readonly string[];
}

/**
 * Reads the node's settings.
 * @throws {ConfigError} naming the variable, the value and what is allowed.
 */
export function loadNodeConfig(env: Environment, machine: Machine): NodeConfig {
  const settings = nodeSettings(defaultStateDir(env, machine));
  const values = readSettings(env, settings);
  const nodeId = values.nodeId ?? values.instanceId ?? DEFAULT_NODE_ID;
  const allowPlaintext =
    values.allowPlaintext ?? (isLoopbackHost(values.relayUrl.hostname) && !values.askBeforePairing);
  const effective: SettingValues<typeof settings> = { ...values, nodeId, allowPlaintext };
  return {
    relayUrl: values.relayUrl,
    relayPublicUrl: values.relayPublicUrl,
    api: localTarget(values.apiBaseUrl),
    apiIsChosen: (env.ORA_NODE_API_BASE_URL ?? "").trim() !== "",
    nodeId,
    pairCode: values.pairCode,
    secrets: values.secrets,
    stateDir: values.stateDir,
    allowPlaintext,
    plaintextIsChosen: values.allowPlaintext !== undefined,
    name: values.name,
    askBeforePairing: values.askBeforePairing,
    deviceExpiryMs: values.deviceExpiryDays * DAY_MS,
    enrollKey: values.enrollKey,
    maxMessageBytes: values.maxMessageBytes,
    maxBodyBytes: values.maxBodyBytes,
    pairTtlMs: values.pairTtlSec * 1000,
    clientTimeoutMs: values.clientTimeoutSec * 1000,
    apiIdleTimeoutMs: values.apiIdleSec * 1000,
    plaintextIdleTimeoutMs: Math.max(1, values.clientTimeoutSec - ANSWER_MARGIN_SEC) * 1000,
    lines: describeSettings(settings, effective),
  };
}
