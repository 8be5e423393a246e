/**
 * REQUEST, RESPONSE and END payloads as bytes (protocol section 4). Both directions apply the same rules: what
 * this end would refuse to read it refuses to send, so that a strange local API can break one stream but never
 * the channel. Unknown JSON fields are ignored.
 */
import type { HeaderPair, HeaderPairs, RequestHead, ResponseHead } from "./heads.ts";
import { MAX_PAYLOAD_BYTES } from "./inner-frame.ts";
import { isObject, readJson } from "./json-payload.ts";
import { MuxError } from "./mux-error.ts";

export const MAX_HEADERS = 512;
/** Names and values of one head together, as latin-1. */
export const MAX_HEADER_BYTES = 32 * 1024;
export const MAX_PATH_BYTES = 16 * 1024;
const MAX_METHOD_BYTES = 32;

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 section 5.5: visible latin-1, spaces and tabs. Keeps CR, LF and NUL out. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** One line without spaces; what stands in it is judged by the node (protocol section 8). */
const PATH = /^[\x21-\x7e\x80-\xff]+$/;

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** Throws MuxError `bad_head` or `head_too_large`. */
export function encodeRequest(head: RequestHead): Uint8Array {
  return encode(requestFrom(head));
}

/** Throws MuxError `bad_head` or `head_too_large`. */
export function encodeResponse(head: ResponseHead): Uint8Array {
  return encode(responseFrom(head));
}

/** Throws MuxError `bad_head` or `head_too_large`. */
export function encodeEnd(trailers: HeaderPairs | undefined): Uint8Array {
  return trailers === undefined || trailers.length === 0
    ? NOTHING
    : encode({ trailers: pairsFrom(trailers) });
}

/** Throws MuxError `protocol`. */
export function decodeRequest(payload: Uint8Array): RequestHead {
  return decode(payload, requestFrom);
}

/** Throws MuxError `protocol`. */
export function decodeResponse(payload: Uint8Array): ResponseHead {
  return decode(payload, responseFrom);
}

/** Throws MuxError `protocol`. */
export function decodeEnd(payload: Uint8Array): HeaderPairs | undefined {
  if (payload.length === 0) return undefined;
  return decode(payload, (json) => (json.trailers === undefined ? undefined : pairsFrom(json.trailers)));
}

/** A JSON object, or a head that this end's own code hands in. Neither is trusted. */
type Fields<Key extends string> = { readonly [key in Key]?: unknown };

function requestFrom(json: Fields<keyof RequestHead>): RequestHead {
  const { method, path, end, upgrade } = json;
  if (typeof method !== "string" || !TOKEN.test(method)) throw bad("the method is not a token");
  if (typeof path !== "string" || !PATH.test(path)) throw bad("the path is not one line of visible latin-1");
  if (method.length > MAX_METHOD_BYTES || path.length > MAX_PATH_BYTES) throw tooLarge();
  if (upgrade !== undefined && upgrade !== "websocket") throw bad("only websocket upgrades exist");
  const isComplete = flag(end);
  if (upgrade && isComplete) throw bad("an upgrade cannot be complete at once");
  return {
    method,
    path,
    headers: pairsFrom(json.headers),
    ...(isComplete && { end: true }),
    ...(upgrade && { upgrade }),
  };
}

function responseFrom(json: Fields<keyof ResponseHead>): ResponseHead {
  const { status, end } = json;
  if (typeof status !== "number" || !Number.isInteger(status)) throw bad("the status is not an integer");
  if (status !== 101 && (status < 200 || status > 999)) throw bad("the status is neither 101 nor 200 to 999");
  const isComplete = flag(end);
  if (status === 101 && isComplete) throw bad("a 101 cannot be complete at once");
  return { status, headers: pairsFrom(json.headers), ...(isComplete && { end: true }) };
}

function flag(value: unknown): boolean {
  if (value !== undefined && typeof value !== "boolean") throw bad("end is not a boolean");
  return value === true;
}

function pairsFrom(value: unknown): HeaderPairs {
  if (!Array.isArray(value)) throw bad("the headers are not a list");
  if (value.length > MAX_HEADERS) throw tooLarge();
  let bytes = 0;
  for (const pair of value as unknown[]) {
    if (!isPair(pair)) throw bad("a header is not a pair of strings");
    const [name, text] = pair;
    if (!TOKEN.test(name)) throw bad("a header's name is not a token");
    if (!FIELD_VALUE.test(text)) throw bad("a header's value is not one line of latin-1");
    bytes += name.length + text.length;
  }
  if (bytes > MAX_HEADER_BYTES) throw tooLarge();
  return value as HeaderPairs;
}

function isPair(pair: unknown): pair is HeaderPair {
  return (
    Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "string" && typeof pair[1] === "string"
  );
}

function encode(json: object): Uint8Array {
  const payload = encoder.encode(JSON.stringify(json));
  if (payload.length > MAX_PAYLOAD_BYTES) throw tooLarge();
  return payload;
}

function decode<Head>(payload: Uint8Array, from: (json: Fields<string>) => Head): Head {
  const json = readJson(payload);
  if (!isObject(json)) throw new MuxError("protocol", "a head is not a JSON object");
  try {
    return from(json);
  } catch (cause) {
    const message = cause instanceof MuxError ? cause.message : "a head cannot be read";
    throw new MuxError("protocol", message, { cause });
  }
}

// The messages name the rule and never the value: paths and headers are nobody's business.
function bad(message: string): MuxError {
  return new MuxError("bad_head", message);
}

function tooLarge(): MuxError {
  return new MuxError("head_too_large", "the head is too large");
}
