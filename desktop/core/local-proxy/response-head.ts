/**
 * The head of an answer: its status, its fields, how long its body is (RFC 9112 section 6.3) and whether its connection
 * may be used again. Two framings at once, or two lengths, are how answers are smuggled, and are refused.
 */
import type { HeaderPair } from "./header-policy.ts";
import { readFields } from "./response-fields.ts";
import { TransportError } from "./transport.ts";

export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  /** Bytes; or it says itself where it ends; or its connection does. */
  readonly body: number | "chunked" | "until_close";
  /** How long the API keeps the connection for another request; 0 when it does not. Undefined: it does not say. */
  readonly keepMs: number | undefined;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const LENGTH = /^\d{1,15}$/;
const TIMEOUT = /(?:^|[,\s])timeout=(\d{1,6})(?:[,\s]|$)/i;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;

/**
 * Reads a head, without the empty line after it. `isBodiless`: the request was one whose answers have no body.
 * @throws TransportError as `readFields`
 */
export function readResponseHead(text: string, isBodiless: boolean): ResponseHead {
  const lineEnd = text.indexOf("\r\n");
  const line = STATUS_LINE.exec(lineEnd === -1 ? text : text.slice(0, lineEnd));
  if (line === null) throw new TransportError("RemoteProtocolError");
  const status = Number(line[2]);
  const headers = lineEnd === -1 ? [] : readFields(text, lineEnd + 2);
  const framing = framingOf(headers, line[1] === "1");
  const hasNoBody = isBodiless || status < 200 || status === NO_CONTENT || status === NOT_MODIFIED;
  const body = hasNoBody ? 0 : framing.body;
  return { status, headers, body, keepMs: body === "until_close" ? 0 : framing.keepMs };
}

function framingOf(
  headers: readonly HeaderPair[],
  isPersistent: boolean,
): Pick<ResponseHead, "body" | "keepMs"> {
  let length: number | undefined;
  let coding: string | undefined;
  let isKept = isPersistent;
  let keepMs: number | undefined;
  for (const [name, value] of headers) {
    // Few lengths are asked for before names are compared: this is done for every header of every answer.
    switch (name.length) {
      case 10:
        if (isNamed(name, "connection")) isKept = keeps(value, isKept);
        else if (isNamed(name, "keep-alive")) keepMs = announced(value);
        break;
      case 14:
        if (!isNamed(name, "content-length")) break;
        if (length !== undefined || !LENGTH.test(value)) throw new TransportError("RemoteProtocolError");
        length = Number(value);
        break;
      case 17:
        if (!isNamed(name, "transfer-encoding")) break;
        coding = coding === undefined ? value : `${coding},${value}`;
        break;
    }
  }
  if (coding === undefined) return { body: length ?? "until_close", keepMs: isKept ? keepMs : 0 };
  if (length !== undefined) throw new TransportError("RemoteProtocolError");
  const isChunked = /(?:^|,)[\t ]*chunked[\t ]*$/i.test(coding);
  // An old server that speaks of codings has perhaps only passed them on (section 6.1).
  return { body: isChunked ? "chunked" : "until_close", keepMs: isKept && isPersistent ? keepMs : 0 };
}

function isNamed(name: string, lower: string): boolean {
  return name === lower || name.toLowerCase() === lower;
}

/** `close` wins over whatever else is said. */
function keeps(connection: string, before: boolean): boolean {
  const tokens = connection.toLowerCase().split(/[\t ,]+/);
  if (tokens.includes("close")) return false;
  return before || tokens.includes("keep-alive");
}

function announced(keepAlive: string): number | undefined {
  const seconds = TIMEOUT.exec(keepAlive)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
