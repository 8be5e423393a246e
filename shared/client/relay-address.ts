/**
 * A relay's address as people write it (`relay.example`, `https://…`, `wss://…`), brought to one form, and the URL of
 * its client socket. Neither ever holds a token, an id or a user.
 */
import { parseRelayUrl, relaySocketUrl } from "#shared/protocol/relay-url.ts";

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
 * Reads an address; undefined when it is none (see `parseRelayUrl`). Without a scheme it is https, on this machine
 * http.
 */
export function parseRelayAddress(text: string): RelayAddress | undefined {
  const trimmed = text.trim();
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
  const url = parseRelayUrl(
    hasScheme ? trimmed : `${LOOPBACK.test(trimmed) ? "http" : "https"}://${trimmed}`,
  );
  return url === undefined ? undefined : { url, socketUrl: `${relaySocketUrl(url)}${CLIENT_SOCKET_PATH}` };
}
