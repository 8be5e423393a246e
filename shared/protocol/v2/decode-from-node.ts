/**
 * What a node sent to the relay in protocol 2, decoded. Nothing here throws, whatever the text; a message of a
 * known type with a bad field is `bad_message` as a whole, never half taken.
 */
import { MAX_ENROLL_KEY_LENGTH } from "#shared/config/enroll-key.ts";
import { type Fields, isFields, parseFields } from "#shared/protocol/json-fields.ts";
import { decodeResponse, type FromNode } from "#shared/protocol/v1/decode.ts";
import {
  MAX_AUTH_NOISE_BYTES,
  MAX_OFFERS_PER_NODE,
  MAX_SESSIONS_PER_NODE,
} from "#shared/protocol/v2/limits.ts";
import {
  b64uText,
  channelNumber,
  hashText,
  idText,
  isWhole,
  listOf,
  nodeIdText,
  routeText,
  ttlSeconds,
} from "#shared/protocol/v2/message-fields.ts";
import {
  type CodeEntry,
  type NodeProof,
  type NodeToRelay,
  type OfferEntry,
  RELAY_ERROR,
  type SessionEntry,
} from "#shared/protocol/v2/relay-messages.ts";

/** A message that is no use, and its name for the sender. */
export interface InvalidMessage {
  readonly type: "invalid";
  readonly error: "invalid_json" | "unknown_message_type" | "bad_message";
}

/** A v1 answer on a v2 socket (section 6): decoded as v1 has it. */
export interface V1Response {
  readonly type: "v1";
  readonly message: FromNode;
}

export const BAD_MESSAGE: InvalidMessage = { type: "invalid", error: RELAY_ERROR.BAD_MESSAGE };
export const UNKNOWN_TYPE: InvalidMessage = { type: "invalid", error: RELAY_ERROR.UNKNOWN_TYPE };
export const INVALID_JSON: InvalidMessage = { type: "invalid", error: RELAY_ERROR.INVALID_JSON };

/** Decodes a text message of a node. */
export function decodeNodeToRelay(text: string): NodeToRelay | V1Response | InvalidMessage {
  const fields = parseFields(text);
  if (fields === undefined) return INVALID_JSON;
  if (fields.type === "http_response") return { type: "v1", message: decodeResponse(fields) };
  const decode = typeof fields.type === "string" ? DECODERS.get(fields.type) : undefined;
  return decode === undefined ? UNKNOWN_TYPE : (decode(fields) ?? BAD_MESSAGE);
}

type Decoder = (fields: Fields) => NodeToRelay | undefined;

const DECODERS = new Map<string, Decoder>([
  [
    "node_hello",
    (fields) => {
      const node_id = nodeIdText(fields.node_id);
      const noise = b64uText(fields.noise, MAX_AUTH_NOISE_BYTES);
      return node_id === undefined || noise === undefined
        ? undefined
        : { type: "node_hello", node_id, noise };
    },
  ],
  [
    "node_auth",
    (fields) => {
      const noise = b64uText(fields.noise, MAX_AUTH_NOISE_BYTES);
      return noise === undefined ? undefined : { type: "node_auth", noise };
    },
  ],
  [
    "register",
    (fields) => {
      const sessions = listOf(fields.sessions, MAX_SESSIONS_PER_NODE, sessionEntry);
      const offers = listOf(fields.offers, MAX_OFFERS_PER_NODE, offerEntry);
      const codes = listOf(fields.codes, MAX_OFFERS_PER_NODE, codeEntry);
      if (sessions === undefined || offers === undefined || codes === undefined) return undefined;
      return { type: "register", sessions, offers, codes };
    },
  ],
  ["offer", (fields) => withType("offer", offerEntry(fields))],
  ["code", (fields) => withType("code", codeEntry(fields))],
  [
    "offer_remove",
    (fields) => {
      const route = routeText(fields.route);
      return route === undefined ? undefined : { type: "offer_remove", route };
    },
  ],
  [
    "code_remove",
    (fields) => {
      const hash = hashText(fields.hash);
      return hash === undefined ? undefined : { type: "code_remove", hash };
    },
  ],
  [
    "sessions",
    (fields) => {
      const add = listOf(fields.add, MAX_SESSIONS_PER_NODE, sessionEntry);
      const remove = listOf(fields.remove, MAX_SESSIONS_PER_NODE, idText);
      return add === undefined || remove === undefined ? undefined : { type: "sessions", add, remove };
    },
  ],
  [
    "channel_close",
    (fields) => {
      const channel = channelNumber(fields.channel);
      if (channel === undefined) return undefined;
      if (fields.code === undefined) return { type: "channel_close", channel };
      return isCloseCode(fields.code) ? { type: "channel_close", channel, code: fields.code } : undefined;
    },
  ],
  [
    "session_revoke",
    (fields) => {
      const id = idText(fields.id);
      return id === undefined ? undefined : { type: "session_revoke", id };
    },
  ],
]);

function withType<Type extends string, Entry>(type: Type, entry: Entry | undefined) {
  return entry === undefined ? undefined : { type, ...entry };
}

function isCloseCode(value: unknown): value is number {
  return isWhole(value) && (value === 1000 || (value >= 4400 && value <= 4599));
}

function sessionEntry(value: unknown): SessionEntry | undefined {
  if (!isFields(value)) return undefined;
  const hash = hashText(value.hash);
  const device = idText(value.device);
  const ttl = ttlSeconds(value.ttl);
  if (hash === undefined || device === undefined || ttl === undefined) return undefined;
  return { hash, device, ttl };
}

function offerEntry(value: unknown): OfferEntry | undefined {
  if (!isFields(value)) return undefined;
  const route = routeText(value.route);
  const ttl = ttlSeconds(value.ttl);
  return route === undefined || ttl === undefined ? undefined : { route, ttl };
}

function codeEntry(value: unknown): CodeEntry | undefined {
  if (!isFields(value)) return undefined;
  const hash = hashText(value.hash);
  const ttl = ttlSeconds(value.ttl);
  return hash === undefined || ttl === undefined ? undefined : { hash, ttl };
}

const MAX_HOST_LENGTH = 300;
const MAX_AGENT_LENGTH = 128;

/** Decodes what a node proved knowledge of its key with; undefined when it is not that. */
export function decodeNodeProof(text: string): NodeProof | undefined {
  const fields = parseFields(text);
  if (fields === undefined) return undefined;
  const { host, agent = "", epoch, enroll } = fields;
  if (typeof host !== "string" || host.length > MAX_HOST_LENGTH) return undefined;
  if (typeof agent !== "string" || agent.length > MAX_AGENT_LENGTH) return undefined;
  if (!isWhole(epoch) || epoch < 0) return undefined;
  if (enroll === undefined) return { host, agent, epoch };
  if (typeof enroll !== "string" || enroll.length > MAX_ENROLL_KEY_LENGTH) return undefined;
  return { host, agent, epoch, enroll };
}
