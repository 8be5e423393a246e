/** Where the bus between several relays is, as the setting says it. A URL may hold a login, so no error quotes one. */

export const NATS_URL_ALLOWED =
  "nats://host:port or tls://host:port, with user:password@ or token@ before the host where the server wants it; several servers of one bus are separated by commas";

/** One URL for each server; undefined when one of them is none. */
export function parseNatsUrl(value: string): readonly string[] | undefined {
  const urls = value.split(",").map((part) => part.trim());
  return urls.every(isServer) ? urls : undefined;
}

function isServer(text: string): boolean {
  if (!/^(nats|tls):\/\//i.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, search, hash } = new URL(text);
  return hostname !== "" && (pathname === "" || pathname === "/") && search === "" && hash === "";
}
