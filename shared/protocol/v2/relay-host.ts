/**
 * The relay's address as both sides must write it, because a node's proof names the relay it is meant for (`host` in
 * `node_auth`, protocol section 3): lower case, port always there. And whether an address never leaves this machine.
 */

const DEFAULT_PORT: Readonly<Record<string, string>> = {
  "ws:": "80",
  "http:": "80",
  "wss:": "443",
  "https:": "443",
};

/** `host:port` of a ws, wss, http or https URL; undefined for anything else. IPv6 stands in brackets. */
export function relayHost(address: string | URL): string | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    // No URL has no host.
    return undefined;
  }
  const port = url.port || DEFAULT_PORT[url.protocol];
  if (port === undefined || url.hostname === "") return undefined;
  return `${url.hostname.toLowerCase()}:${port}`;
}

/**
 * Whether a `host:port` as `relayHost` writes it is this machine itself. A name counts only if it is `localhost`:
 * names below it are loopback to browsers, but a system may ask DNS for them.
 */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d{1,5}$/, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}
