/**
 * Text from a version 1 socket, made into a message or a named error. Nothing here throws, whatever the text:
 * a peer may send anything. Absent fields get the defaults of the first implementation (`GET`, `/`, no headers,
 * empty body); fields of the wrong type are errors, never coerced.
 */
import { type Fields, isFields, parseFields } from "#shared/protocol/json-fields.ts";
import {
  MAX_CODE_LENGTH,
  MAX_ERROR_LENGTH,
  MAX_HEADER_COUNT,
  MAX_HEADERS_LENGTH,
  MAX_ID_LENGTH,
  MAX_METHOD_LENGTH,
  MAX_PATH_LENGTH,
} from "#shared/protocol/v1/limits.ts";
import {
  type HttpFailure,
  type HttpProxy,
  type HttpResponse,
  MESSAGE_ERROR,
  type MessageError,
  type PairOfferAck,
  REQUEST_ERROR,
  type RequestError,
  type RequestId,
} from "#shared/protocol/v1/messages.ts";

/** A message that is no use. `id` is there when the text had one that is fit to be sent back. */
export interface Invalid {
  readonly kind: "invalid";
  readonly error: MessageError;
  readonly id?: RequestId;
}

/** A request whose id is known and that cannot be carried out. */
export interface BadRequest {
  readonly kind: "bad_request";
  readonly id: RequestId | undefined;
  readonly error: RequestError;
}

export interface ProxyRequest {
  readonly kind: "http_proxy";
  /** Undefined when the client left it to the relay to make one. */
  readonly id: RequestId | undefined;
  readonly request: Omit<HttpProxy, "id">;
  /** True when the text holds these fields and no others, so that it may be forwarded as it came. */
  readonly forwardable: boolean;
}

export type FromClient = ProxyRequest | BadRequest | Invalid | { readonly kind: "ping" };

export type FromNode =
  | { readonly kind: "pair_offer"; readonly code: string; readonly notify: boolean }
  | { readonly kind: "pong" }
  | {
      readonly kind: "response";
      readonly id: RequestId;
      readonly response: HttpResponse | HttpFailure;
      readonly forwardable: boolean;
    }
  | { readonly kind: "bad_response"; readonly id: RequestId }
  | Invalid;

export type FromRelay =
  | ProxyRequest
  | BadRequest
  | { readonly kind: "pair_offer_ack"; readonly ack: PairOfferAck }
  | { readonly kind: "pair_redeemed" }
  | { readonly kind: "ping" }
  | { readonly kind: "error"; readonly error: string }
  | Invalid;

function isId(value: unknown): value is RequestId {
  if (typeof value === "string") return value.length > 0 && value.length <= MAX_ID_LENGTH;
  return typeof value === "number" && Number.isSafeInteger(value);
}

function hasOnly(fields: Fields, names: ReadonlySet<string>): boolean {
  for (const name in fields) if (!names.has(name)) return false;
  return true;
}

/** A copy without a prototype, so that a header called `__proto__` is a header and nothing else. */
function headersOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return {};
  if (!isFields(value)) return undefined;
  const headers: Record<string, string> = Object.create(null);
  let count = 0;
  let length = 0;
  for (const name in value) {
    const text = value[name];
    if (typeof text !== "string") return undefined;
    count += 1;
    length += name.length + text.length;
    if (count > MAX_HEADER_COUNT || length > MAX_HEADERS_LENGTH) return undefined;
    headers[name] = text;
  }
  return headers;
}

const PROXY_FIELDS = new Set(["type", "id", "method", "path", "headers", "body_b64"]);

/** Decodes the fields of an `http_proxy`. Protocol 2 carries the same message on a node's socket. */
export function decodeProxy(fields: Fields): ProxyRequest | BadRequest | Invalid {
  const { id, method = "GET", path = "/", body_b64: body } = fields;
  const absent = id === undefined || id === null || id === "";
  if (!absent && !isId(id)) return { kind: "invalid", error: MESSAGE_ERROR.BAD_ID };
  const known = absent ? undefined : id;
  const bad = (error: RequestError): BadRequest => ({ kind: "bad_request", id: known, error });
  if (typeof method !== "string" || method === "" || method.length > MAX_METHOD_LENGTH) {
    return bad(REQUEST_ERROR.BAD_METHOD);
  }
  if (typeof path !== "string" || path.length > MAX_PATH_LENGTH) return bad(REQUEST_ERROR.BAD_PATH);
  const headers = headersOf(fields.headers);
  if (headers === undefined) return bad(REQUEST_ERROR.BAD_HEADERS);
  if (body !== undefined && body !== null && typeof body !== "string") return bad(REQUEST_ERROR.BAD_BODY);
  return {
    kind: "http_proxy",
    id: known,
    request: { type: "http_proxy", method, path, headers, body_b64: body ?? "" },
    forwardable:
      !absent &&
      typeof fields.body_b64 === "string" &&
      fields.headers !== null &&
      hasOnly(fields, PROXY_FIELDS),
  };
}

/** Decodes what a client sent to the relay. */
export function decodeFromClient(text: string): FromClient {
  const fields = parseFields(text);
  if (fields === undefined) return { kind: "invalid", error: MESSAGE_ERROR.INVALID_JSON };
  if (fields.type === "http_proxy") return decodeProxy(fields);
  if (fields.type === "ping") return { kind: "ping" };
  return unknownType(fields);
}

function unknownType(fields: Fields): Invalid {
  const invalid = { kind: "invalid", error: MESSAGE_ERROR.UNKNOWN_TYPE } as const;
  return isId(fields.id) ? { ...invalid, id: fields.id } : invalid;
}

const RESPONSE_FIELDS = new Set(["type", "id", "status", "headers", "body_b64"]);
const FAILURE_FIELDS = new Set(["type", "id", "error"]);

/** Decodes the fields of an `http_response`. Protocol 2 carries the same message on a node's socket. */
export function decodeResponse(fields: Fields): FromNode {
  const { id, status, body_b64: body = "", error } = fields;
  if (!isId(id)) return { kind: "invalid", error: MESSAGE_ERROR.BAD_ID };
  if (typeof error === "string" && error !== "") {
    if (error.length > MAX_ERROR_LENGTH) return { kind: "bad_response", id };
    const forwardable = hasOnly(fields, FAILURE_FIELDS);
    return { kind: "response", id, response: { type: "http_response", id, error }, forwardable };
  }
  const headers = headersOf(fields.headers);
  if (headers === undefined || typeof body !== "string" || !isStatus(status))
    return { kind: "bad_response", id };
  const response: HttpResponse = { type: "http_response", id, status, headers, body_b64: body };
  const whole = isFields(fields.headers) && typeof fields.body_b64 === "string";
  return { kind: "response", id, response, forwardable: whole && hasOnly(fields, RESPONSE_FIELDS) };
}

function isStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 599;
}

/** Decodes what a node sent to the relay. An offer without a usable code has the empty code. */
export function decodeFromNode(text: string): FromNode {
  const fields = parseFields(text);
  if (fields === undefined) return { kind: "invalid", error: MESSAGE_ERROR.INVALID_JSON };
  switch (fields.type) {
    case "http_response":
      return decodeResponse(fields);
    case "pair_offer": {
      const code =
        typeof fields.code === "string" && fields.code.length <= MAX_CODE_LENGTH ? fields.code : "";
      return { kind: "pair_offer", code, notify: fields.notify === true };
    }
    case "pong":
      return { kind: "pong" };
    default:
      return unknownType(fields);
  }
}

function decodeAck(fields: Fields): FromRelay {
  if (fields.ok === true && typeof fields.expires_at === "number" && Number.isFinite(fields.expires_at)) {
    return {
      kind: "pair_offer_ack",
      ack: {
        type: "pair_offer_ack",
        ok: true,
        expires_at: fields.expires_at,
        ...(fields.notify === true && { notify: true }),
      },
    };
  }
  const error = shortText(fields.error) ?? "unknown";
  return { kind: "pair_offer_ack", ack: { type: "pair_offer_ack", ok: false, error } };
}

/** Names of errors are words of the protocol; anything else from a relay is not worth showing. */
function shortText(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w:.-]{1,64}$/.test(value) ? value : undefined;
}

/** Decodes what a relay sent to a node. */
export function decodeFromRelay(text: string): FromRelay {
  const fields = parseFields(text);
  if (fields === undefined) return { kind: "invalid", error: MESSAGE_ERROR.INVALID_JSON };
  switch (fields.type) {
    case "http_proxy":
      return decodeProxy(fields);
    case "pair_offer_ack":
      return decodeAck(fields);
    case "pair_redeemed":
      return { kind: "pair_redeemed" };
    case "ping":
      return { kind: "ping" };
    case "error":
      return { kind: "error", error: shortText(fields.error) ?? "unknown" };
    default:
      return unknownType(fields);
  }
}
