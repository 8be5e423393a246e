/**
 * Which headers cross the local hop, and which are this node's own to say (protocol section 8). Hop-by-hop headers and
 * whatever claims to know the client's address or device are taken out; `Host` and the forwarding headers are set
 * here. Names and values that could change the shape of a message are refused, never repaired.
 */
import { headerSpelling } from "../header-spelling.ts";

/** Name and value. Values are latin-1, as HTTP/1.1 has them. */
export type HeaderPair = readonly [name: string, value: string];

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Tab, and every latin-1 character that is not a control. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Connection headers (RFC 9110 section 7.6.1), and those the sender of the next hop sets itself. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-authentication-info",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const SET_BY_THE_SENDER = new Set(["host", "content-length", "expect"]);
/** Marks the node's own answers, with the reason; no answer of the API may carry it. */
export const REFUSED_HEADER = "x-ora-refused";
const CLAIMS = new Set(["forwarded", "x-real-ip", "x-ora-device"]);

const NONE: ReadonlySet<string> = new Set();

/** Lower-case names that `Connection` declares hop-by-hop for this message. */
function namedByConnection(headers: readonly HeaderPair[]): ReadonlySet<string> {
  let named: Set<string> | undefined;
  for (const [name, value] of headers) {
    if (name.length !== "connection".length || name.toLowerCase() !== "connection") continue;
    // What nearly every message says, and it names nothing else.
    if (value === "keep-alive" || value === "close") continue;
    named ??= new Set();
    for (const token of value.split(",")) named.add(token.trim().toLowerCase());
  }
  return named ?? NONE;
}

/** What the node says about a request to the local API. */
export interface RequestContext {
  /** The local API's own host, with its port where it is not the scheme's. */
  readonly hostHeader: string;
  /** How the client reached the relay. */
  readonly forwardedProto: "http" | "https";
  readonly forwardedHost: string;
  /** Which device asks. */
  readonly device: string;
}

/**
 * The headers to send to the local API; undefined when one is malformed. `content-length` is left to whoever sends
 * the body, because only he knows it.
 */
export function requestHeaders(
  headers: readonly HeaderPair[],
  context: RequestContext,
): HeaderPair[] | undefined {
  if (!headers.every(([name, value]) => TOKEN.test(name) && VALUE.test(value))) return undefined;
  const named = namedByConnection(headers);
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase();
    const spelled = headerSpelling(name);
    return !(
      named.has(lower) ||
      HOP_BY_HOP.has(spelled) ||
      SET_BY_THE_SENDER.has(spelled) ||
      CLAIMS.has(spelled) ||
      spelled.startsWith("x-forwarded-")
    );
  });
  return [
    ["Host", context.hostHeader],
    ...kept,
    ["X-Forwarded-Proto", context.forwardedProto],
    ["X-Forwarded-Host", context.forwardedHost],
    ["X-ORA-Device", context.device],
  ];
}

/** The headers or trailers of an answer that concern the client. `content-length` stays: it describes the body, or HEAD's. */
export function responseHeaders(headers: readonly HeaderPair[]): HeaderPair[] {
  const named = namedByConnection(headers);
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && !named.has(lower) && headerSpelling(name) !== REFUSED_HEADER;
  });
}

/** Whether a method may be sent: any token but CONNECT, which is no request, and TRACE, which echoes secrets. */
export function isAllowedMethod(method: string): boolean {
  return TOKEN.test(method) && !/^(connect|trace)$/i.test(method);
}
