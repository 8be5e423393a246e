/** A device as the relay is told of it: the hash of its route token, for as long as the device may stay unused. */
import { MAX_SESSION_TTL_SEC } from "#shared/protocol/v2/limits.ts";
import type { SessionEntry } from "#shared/protocol/v2/relay-messages.ts";
import type { Device } from "./device.ts";

export function sessionEntry(device: Device, leftMs: number): SessionEntry {
  const ttl = Math.max(1, Math.ceil(leftMs / 1000));
  return { hash: device.routeTokenHash, device: device.id, ttl: Math.min(ttl, MAX_SESSION_TTL_SEC) };
}
