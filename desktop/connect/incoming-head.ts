/**
 * One pass over the headers of a local request: what goes on to the PC, what concerns this hop alone, and what the guard
 * has to know. Hop-by-hop headers end here, and so does `Origin`, which names this program's own address.
 */
import type { IncomingMessage } from "node:http";
import type { HeaderPair } from "#shared/mux/heads.ts";

/** RFC 9110 section 7.6.1, and what the sender of the next hop says itself. */
const ENDS_HERE = new Set([
  "connection",
  "expect",
  "host",
  "keep-alive",
  "origin",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export interface IncomingHead {
  readonly forwarded: readonly HeaderPair[];
  /** All there are: more than one is suspicious. */
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  /** `Sec-Fetch-Site`, `-Mode` and `-Dest`: browsers set them, and no page can. */
  readonly site: string | undefined;
  readonly mode: string | undefined;
  readonly destination: string | undefined;
  readonly hasBody: boolean;
  /** The body is coded in a way of this hop that nobody here undoes. */
  readonly isCoded: boolean;
}

export function incomingHead({ rawHeaders }: IncomingMessage): IncomingHead {
  const forwarded: HeaderPair[] = [];
  const hosts: string[] = [];
  const origins: string[] = [];
  let site: string | undefined;
  let mode: string | undefined;
  let destination: string | undefined;
  let hasBody = false;
  let isCoded = false;
  let named: Set<string> | undefined;

  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    const value = rawHeaders[at + 1] ?? "";
    const lower = name.toLowerCase();
    if (!ENDS_HERE.has(lower)) forwarded.push([name, value]);
    switch (lower) {
      case "host":
        hosts.push(value);
        break;
      case "origin":
        origins.push(value);
        break;
      case "sec-fetch-site":
        site = value;
        break;
      case "sec-fetch-mode":
        mode = value;
        break;
      case "sec-fetch-dest":
        destination = value;
        break;
      case "content-length":
        hasBody ||= value !== "0";
        break;
      case "transfer-encoding":
        hasBody = true;
        isCoded ||= value.toLowerCase() !== "chunked";
        break;
      case "connection":
        named = namedBy(value, named);
        break;
    }
  }
  const dropped = named;
  const kept =
    dropped === undefined ? forwarded : forwarded.filter(([name]) => !dropped.has(name.toLowerCase()));
  return { forwarded: kept, hosts, origins, site, mode, destination, hasBody, isCoded };
}

/** The headers that a `Connection` header declares to be of this hop. */
function namedBy(value: string, named: Set<string> | undefined): Set<string> | undefined {
  // What nearly every request says: nothing to allocate for it.
  if (value === "keep-alive" || value === "close") return named;
  const names = named ?? new Set<string>();
  for (const token of value.split(",")) names.add(token.trim().toLowerCase());
  return names;
}

/** Node's flat list as pairs. */
export function headerPairs(raw: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  return pairs;
}
