/** A session of a v1 client as instances tell it to each other, and its decoder. Times are what is left: clocks differ. */
import { isFields } from "#shared/protocol/json-fields.ts";
import { MAX_NODE_ID_LENGTH } from "../limits.ts";
import type { Session, SessionFacts } from "../sessions.ts";

/** The longest that a session may be set to live, in milliseconds: a day. */
export const MAX_TTL_MS = 86_400_000;
/** An address with an IPv6 zone, and what stands for a prefix. */
const MAX_ADDRESS_LENGTH = 64;

/** `now` is the clock's. */
export function sessionOnBus({ digest, id, nodeId, peer, origin, expiresAt }: Session, now: number): object {
  return { hash: digest.toString("hex"), id, node: nodeId, peer, origin, ttl_ms: Math.ceil(expiresAt - now) };
}

/** Undefined when it is none, or has expired. */
export function sessionFacts(told: unknown, now: number): SessionFacts | undefined {
  if (!isFields(told)) return undefined;
  const { hash, id, node, peer, origin, ttl_ms: ttl } = told;
  if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
  if (typeof id !== "string" || !/^[\w-]{12}$/.test(id)) return undefined;
  if (!isText(node, MAX_NODE_ID_LENGTH) || !isText(peer, MAX_ADDRESS_LENGTH)) return undefined;
  if (!isText(origin, MAX_ADDRESS_LENGTH)) return undefined;
  if (typeof ttl !== "number" || !(ttl > 0 && ttl <= MAX_TTL_MS)) return undefined;
  return { digest: Buffer.from(hash, "hex"), id, nodeId: node, peer, origin, expiresAt: now + ttl };
}

function isText(value: unknown, max: number): value is string {
  return typeof value === "string" && value.length <= max;
}
