/**
 * What a relay sent to a node or to a client in protocol 2, decoded. A relay proves nothing, so its texts are
 * names of the protocol or they are dropped, and nothing here throws.
 */
import { type Fields, isFields, parseFields } from "#shared/protocol/json-fields.ts";
import { parseRelayUrl } from "#shared/protocol/relay-url.ts";
import { type BadRequest, decodeProxy, type Invalid, type ProxyRequest } from "#shared/protocol/v1/decode.ts";
import { appsTemplate } from "#shared/protocol/v2/app-origin.ts";
import {
  BAD_MESSAGE,
  INVALID_JSON,
  type InvalidMessage,
  UNKNOWN_TYPE,
} from "#shared/protocol/v2/decode-from-node.ts";
import {
  CHANNEL_BUFFER_BYTES,
  MAX_AUTH_NOISE_BYTES,
  MAX_OFFERS_PER_NODE,
  MAX_SESSIONS_PER_NODE,
} from "#shared/protocol/v2/limits.ts";
import {
  b64uText,
  channelNumber,
  errorName,
  hashText,
  idText,
  isWhole,
  listOf,
  peerText,
  routeText,
  ttlSeconds,
} from "#shared/protocol/v2/message-fields.ts";
import type {
  ChannelOpen,
  Offered,
  Rejected,
  RelayError,
  RelayToClient,
  RelayToNode,
  SessionOpened,
  Welcome,
} from "#shared/protocol/v2/relay-messages.ts";

/** A v1 request on a v2 socket (section 6). Whether it is carried out is the node's decision alone. */
export interface V1Request {
  readonly type: "v1";
  readonly message: ProxyRequest | BadRequest | Invalid;
  /** The v1 session that sent it, as `session_opened` told it. */
  readonly session: string | undefined;
}

/** Decodes a text message of a relay to a node. */
export function decodeRelayToNode(text: string): RelayToNode | V1Request | InvalidMessage {
  const fields = parseFields(text);
  if (fields === undefined) return INVALID_JSON;
  if (fields.type === "http_proxy") {
    return { type: "v1", message: decodeProxy(fields), session: idText(fields.session) };
  }
  const decode = typeof fields.type === "string" ? TO_NODE.get(fields.type) : undefined;
  return decode === undefined ? UNKNOWN_TYPE : (decode(fields) ?? BAD_MESSAGE);
}

/** Decodes a text message of a relay to a client. */
export function decodeRelayToClient(text: string): RelayToClient | InvalidMessage {
  const fields = parseFields(text);
  if (fields === undefined) return INVALID_JSON;
  if (fields.type === "welcome") return welcome(fields) ?? BAD_MESSAGE;
  if (fields.type === "opened") return { type: "opened" };
  return fields.type === "error" ? relayError(fields) : UNKNOWN_TYPE;
}

const TO_NODE = new Map<string, (fields: Fields) => RelayToNode | undefined>([
  ["welcome", welcome],
  ["error", relayError],
  ["node_ready", () => ({ type: "node_ready" })],
  [
    "node_challenge",
    (fields) => {
      const noise = b64uText(fields.noise, MAX_AUTH_NOISE_BYTES);
      return noise === undefined ? undefined : { type: "node_challenge", noise };
    },
  ],
  [
    "registered",
    (fields) => {
      const max = MAX_SESSIONS_PER_NODE + 2 * MAX_OFFERS_PER_NODE;
      const rejected = listOf(fields.rejected, max, rejection);
      return rejected === undefined ? undefined : { type: "registered", rejected };
    },
  ],
  ["offered", offered],
  ["channel_open", channelOpen],
  [
    "channel_closed",
    (fields) => {
      const channel = channelNumber(fields.channel);
      return channel === undefined ? undefined : { type: "channel_closed", channel };
    },
  ],
  [
    "offer_exposed",
    (fields) => {
      const route = routeText(fields.route);
      return route === undefined ? undefined : { type: "offer_exposed", route };
    },
  ],
  ["session_opened", sessionOpened],
  [
    "session_closed",
    (fields) => {
      const id = idText(fields.id);
      return id === undefined ? undefined : { type: "session_closed", id };
    },
  ],
]);

function welcome(fields: Fields): Welcome | undefined {
  if (fields.v !== 2) return undefined;
  const now = isWhole(fields.now) && fields.now >= 0 ? fields.now : 0;
  const buffer = isFields(fields.limits) ? fields.limits.channel_buffer : undefined;
  // A relay may grant less than the protocol's bound; more, or nonsense, is the bound itself.
  const channel_buffer =
    isWhole(buffer) && buffer > 0 ? Math.min(buffer, CHANNEL_BUFFER_BYTES) : CHANNEL_BUFFER_BYTES;
  const apps = appsTemplate(fields.apps);
  const base = {
    type: "welcome",
    v: 2,
    now,
    limits: { channel_buffer },
    ...(apps !== undefined && { apps }),
  } as const;
  const written = fields.public_url;
  if (written === undefined) return base;
  const isWeb = typeof written === "string" && /^https?:/i.test(written);
  const url = isWeb ? parseRelayUrl(written) : undefined;
  return url === undefined ? { ...base, public_url_unusable: true } : { ...base, public_url: url };
}

function relayError(fields: Fields): RelayError {
  const error = { type: "error", code: errorName(fields.code) } as const;
  return isWhole(fields.retry_ms) && fields.retry_ms >= 0 ? { ...error, retry_ms: fields.retry_ms } : error;
}

function rejection(value: unknown): Rejected | undefined {
  if (!isFields(value)) return undefined;
  const error = errorName(value.error);
  const route = routeText(value.route);
  if (route !== undefined) return { route, error };
  const hash = hashText(value.hash);
  return hash === undefined ? undefined : { hash, error };
}

function offered(fields: Fields): Offered | undefined {
  const route = routeText(fields.route);
  const hash = hashText(fields.hash);
  const error = fields.error === undefined ? {} : { error: errorName(fields.error) };
  if (route !== undefined) return { type: "offered", route, ...error };
  return hash === undefined ? undefined : { type: "offered", hash, ...error };
}

function channelOpen(fields: Fields): ChannelOpen | undefined {
  const channel = channelNumber(fields.channel);
  if (channel === undefined) return undefined;
  const base = { type: "channel_open", channel, peer: peerText(fields.peer) ?? "" } as const;
  if (fields.via === "session") {
    const device = idText(fields.device);
    return device === undefined ? undefined : { ...base, via: "session", device };
  }
  const route = routeText(fields.route);
  return fields.via !== "offer" || route === undefined ? undefined : { ...base, via: "offer", route };
}

function sessionOpened(fields: Fields): SessionOpened | undefined {
  const id = idText(fields.id);
  const ttl = ttlSeconds(fields.ttl);
  if (id === undefined || ttl === undefined) return undefined;
  const base = { type: "session_opened", id, ttl, peer: peerText(fields.peer) ?? "" } as const;
  const code = hashText(fields.code);
  return code === undefined ? base : { ...base, code };
}
