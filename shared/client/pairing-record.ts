/**
 * What a device remembers of one pairing (protocol section 2), apart from its private key, which stays wherever its
 * owner keeps keys. The route token is a secret: it opens nothing by itself, but lets whoever has it knock.
 */

import { isFields } from "#shared/protocol/json-fields.ts";
import { ROUTE_TOKEN_BYTES } from "#shared/protocol/v2/limits.ts";
import { exactB64u, idText, nodeIdText } from "#shared/protocol/v2/message-fields.ts";
import { showableName } from "#shared/protocol/v2/pairing-messages.ts";
import { parseRelayAddress } from "./relay-address.ts";

export interface PairingRecord {
  /** `http(s)://host[:port][/base]`. */
  readonly relayUrl: string;
  readonly nodeId: string;
  /** What the PC calls itself: text for people, chosen by the other side. */
  readonly nodeName: string;
  /** What the PC calls this device. */
  readonly deviceId: string;
  /** 32 bytes, base64url. */
  readonly routeToken: string;
  /** `pending`: the PC has not confirmed yet; the first session decides. `revoked`: by the PC's own word. */
  readonly status: "pending" | "active" | "revoked";
}

const STATUSES = ["pending", "active", "revoked"] as const;

/** Decodes a stored record; undefined when anything in it is missing or not canonical. */
export function decodePairingRecord(value: unknown): PairingRecord | undefined {
  if (!isFields(value)) return undefined;
  const relayUrl = typeof value.relayUrl === "string" ? parseRelayAddress(value.relayUrl)?.url : undefined;
  const nodeId = nodeIdText(value.nodeId);
  const deviceId = idText(value.deviceId);
  const routeToken = exactB64u(value.routeToken, ROUTE_TOKEN_BYTES);
  const status = STATUSES.find((known) => known === value.status);
  if (relayUrl === undefined || nodeId === undefined || deviceId === undefined) return undefined;
  if (routeToken === undefined || status === undefined || typeof value.nodeName !== "string")
    return undefined;
  return { relayUrl, nodeId, nodeName: showableName(value.nodeName, "PC"), deviceId, routeToken, status };
}
