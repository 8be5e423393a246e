/**
 * A paired device as the node remembers it (protocol section 2), and the one decoder for what the secret store holds
 * of it. A record holds public keys and hashes alone: whoever reads it gets in nowhere with it.
 */
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { cleanName } from "./device-name.ts";

export interface Device {
  /** Eight characters of lower-case base32, chosen by the node. */
  readonly id: string;
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Cleaned by `cleanName`. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly lastSeen: number;
  /** SHA-256 of the route token, base64url. */
  readonly routeTokenHash: string;
  /** The device that let this one in; revoking that one revokes this one. */
  readonly parent?: string;
  /** May look, and change nothing. */
  readonly readOnly?: boolean;
  /**
   * The origin of a web app, in a browser of its parent's: foreign code. Its cookies are kept here, it lets nobody in,
   * and its owner sees it as a part of its parent.
   */
  readonly app?: boolean;
}

const VERSION = 1;
const KEY_BYTES = 32;
const MAX_TIME_MS = 8_640_000_000_000_000;

/** Whether a text has the form of a device's id. */
function isDeviceId(text: string): boolean {
  return /^[a-z2-7]{8}$/.test(text);
}

/** The record as it is stored: JSON of well under 2,560 bytes. */
export function encodeDevice(device: Device): string {
  const { id, publicKey, name, created, lastSeen, routeTokenHash, parent, readOnly, app } = device;
  return JSON.stringify({
    v: VERSION,
    id,
    pub: encodeBase64Url(publicKey),
    name,
    created,
    last_seen: lastSeen,
    route_token_hash: routeTokenHash,
    ...(parent !== undefined && { parent }),
    ...(readOnly === true && { read_only: true }),
    ...(app === true && { app: true }),
  });
}

/** Reads a stored record; undefined for anything that `encodeDevice` would not have written. */
export function decodeDevice(text: string): Device | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Damaged. The caller reports it by name and leaves it as it is.
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const {
    v,
    id,
    pub,
    name,
    created,
    last_seen: lastSeen,
    route_token_hash: hash,
    parent,
    read_only,
    app,
  } = fields;
  if (v !== VERSION || typeof id !== "string" || !isDeviceId(id)) return undefined;
  const publicKey = bytes32(pub);
  if (publicKey === undefined || typeof hash !== "string" || bytes32(hash) === undefined) return undefined;
  if (typeof name !== "string" || cleanName(name) !== name || !isTime(created) || !isTime(lastSeen)) {
    return undefined;
  }
  if (parent !== undefined && (typeof parent !== "string" || !isDeviceId(parent))) return undefined;
  // A flag that protects is never read as off by mistake.
  if (!isFlag(read_only) || !isFlag(app)) return undefined;
  // An app without the device that opened it is none of ours.
  if (app === true && parent === undefined) return undefined;
  return {
    id,
    publicKey,
    name,
    created,
    lastSeen,
    routeTokenHash: hash,
    ...(parent !== undefined && { parent }),
    ...(read_only === true && { readOnly: true }),
    ...(app === true && { app: true }),
  };
}

function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === "boolean";
}

function bytes32(value: unknown): Uint8Array | undefined {
  const bytes = typeof value === "string" ? decodeBase64Url(value) : undefined;
  return bytes?.length === KEY_BYTES ? bytes : undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MAX_TIME_MS;
}
