/**
 * Where the connection stands, as codes and times for every window (and the menu): nothing here is a sentence. The
 * sentences for each code, in each language, are made by `texts/status-words.ts`, so that menu and windows agree.
 */

/** The four states of the ring. */
export type RingState = "connected" | "connecting" | "attention" | "paused";

export type StatusCode =
  | "connected"
  | "connecting"
  /** No relay's address has been given yet. */
  | "no_relay"
  | "paused"
  | "api_down"
  | "keychain_missing"
  | "keychain_locked"
  | "keychain_failed"
  /** A stored item cannot be read. It was left as it is. */
  | "store_damaged"
  /** What the connector says of an outage. */
  | "relay_unreachable"
  | "relay_name_unknown"
  | "relay_timeout"
  | "relay_untrusted"
  | "relay_http_status"
  | "not_a_relay"
  | "proxy_failed"
  | "relay_silent"
  | "relay_restarting"
  | "relay_closed"
  | "relay_refused"
  | "relay_too_old"
  | "relay_busy"
  | "message_too_big"
  | "id_in_use";

/** Times in milliseconds since 1970. */
export interface StatusView {
  readonly ring: RingState;
  readonly code: StatusCode;
  /** Since when it is so. */
  readonly since?: number;
  /** When the next attempt is made. */
  readonly retryAt?: number;
  /** A number or the system's error code, in small print. Never text from the relay. */
  readonly detail?: string;
  /** The relay's host, for people; empty when there is none. */
  readonly relayHost: string;
  /** The local API's address, for people. */
  readonly apiAddress: string;
}

export type Language = "en" | "ja";

/** What every window is told besides. */
export interface AppView {
  /** As chosen, or the system's. */
  readonly language: Language;
  readonly platform: "mac" | "windows" | "linux";
  /** The main process's clock when this was made, in ms since 1970: pages count on from here. */
  readonly now: number;
}
