/**
 * A relay's address as people write it (`relay.example`, `https://…`, `wss://…`), brought to one form, and the URL of
 * its client socket. Neither ever holds a token, an id or a user.
 */

/** Longest address that is looked at, in UTF-16 units. */
const MAX_ADDRESS_LENGTH = 512;

/** Where clients connect, relative to the relay's base path. */
const CLIENT_SOCKET_PATH = "/ws/client";

export interface RelayAddress {
  /** `http(s)://host[:port][/base]`, without a slash at the end: what a pairing remembers. */
  readonly url: string;
  /** `ws(s)://…/ws/client`. */
  readonly socketUrl: string;
}

/** Hosts that mean this machine, where nobody has a certificate. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(?=[:/]|$)/i;

/**
 * Reads an address; undefined when it is none, or has a user, a query or a fragment. Without a scheme it is https, on
 * this machine http.
 */
export function parseRelayAddress(text: string): RelayAddress | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > MAX_ADDRESS_LENGTH || /[?#@\s\\]/.test(trimmed)) return undefined;
  const [, written, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/i.exec(trimmed) ?? [];
  const scheme = written ?? (LOOPBACK.test(rest) ? "http" : "https");
  const isSecure = /^(https|wss)$/i.test(scheme);
  if (!isSecure && !/^(http|ws)$/i.test(scheme)) return undefined;
  const whole = `${isSecure ? "https" : "http"}://${rest}`;
  if (!URL.canParse(whole)) return undefined;
  const { host, pathname } = new URL(whole);
  const base = `${host}${pathname.replace(/\/+$/, "")}`;
  return {
    url: `${isSecure ? "https" : "http"}://${base}`,
    socketUrl: `${isSecure ? "wss" : "ws"}://${base}${CLIENT_SOCKET_PATH}`,
  };
}
