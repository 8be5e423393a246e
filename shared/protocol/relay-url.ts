/**
 * A relay's address in the one form in which settings, links, pairings and relays themselves have it: where its
 * endpoints stand, as `http(s)://host[:port][/base]`. The base path is there where a reverse proxy gives the relay a
 * part of its site, and goes wherever the address goes. A user, a query or a fragment is never part of it.
 */

/** Longest address, in UTF-16 units: a pairing link has it in front of 101 characters of its own, and 512 at most. */
export const MAX_RELAY_URL_LENGTH = 400;

const HTTP_SCHEME: Readonly<Record<string, string>> = {
  "ws:": "http:",
  "http:": "http:",
  "wss:": "https:",
  "https:": "https:",
};

/** Reads a ws, wss, http or https URL; undefined for anything else. Without a slash at the end. Never throws. */
export function parseRelayUrl(text: string): string | undefined {
  // What the URL parser would silently mend or drop is refused.
  if (text.length > MAX_RELAY_URL_LENGTH || /[?#\\\s]/.test(text)) return undefined;
  if (!/^[a-z]+:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const scheme = HTTP_SCHEME[url.protocol];
  if (scheme === undefined || url.port === "0" || url.username !== "" || url.password !== "")
    return undefined;
  // `wss` and `https` have the same default port, and a URL leaves it out.
  const address = `${scheme}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
  return address.length > MAX_RELAY_URL_LENGTH ? undefined : address;
}

/** The same place for WebSockets: `ws(s)://…`. */
export function relaySocketUrl(relayUrl: string): string {
  return relayUrl.replace(/^http/, "ws");
}
