/**
 * The control messages of protocol 2 between the relay and its endpoints (section 3), as they stand on the wire:
 * text frames with JSON, unknown fields ignored. To send one, `JSON.stringify` it; the decoders beside this file
 * are the only places where text becomes one. Everything a relay sends is a hint: authority comes from Noise.
 *
 * Encodings: `hash` is b64u(sha256), `noise` b64u, `node_id` canonical base32, `ttl` whole seconds from now.
 */

/** Bounds the relay tells on connecting; an endpoint keeps within them. */
export interface RelayLimits {
  /** Bytes one channel may have under way in each direction. */
  readonly channel_buffer: number;
}

/** Relay → both, first of all. An endpoint sends nothing before it. */
export interface Welcome {
  readonly type: "welcome";
  readonly v: 2;
  /** The relay's clock, in unix seconds: for people, and for a node that doubts its own. Nobody gets in by it. */
  readonly now: number;
  /** `http(s)://host[:port][/base]`: what clients call this relay. */
  readonly public_url?: string;
  /** Not on the wire: it called itself something that is no such address. */
  readonly public_url_unusable?: true;
  /** Where it serves web apps: `https://*.relay.example` or one origin. Absent: nowhere. See app-origin.ts. */
  readonly apps?: string;
  readonly limits: RelayLimits;
}

// Node → relay.

/** Noise KN message 1 for the key that `node_id` is. */
export interface NodeHello {
  readonly type: "node_hello";
  readonly node_id: string;
  readonly noise: string;
}

/** The first transport message: b64u(encrypt(JSON of NodeProof)). */
export interface NodeAuth {
  readonly type: "node_auth";
  readonly noise: string;
}

/** What stands inside `node_auth.noise`. `host` binds the proof to one relay. */
export interface NodeProof {
  /** `name:port` of the relay as the node dialled it, in lower case, the port always written. */
  readonly host: string;
  readonly agent: string;
  /**
   * max(last + 1, clock in ms). For relays of several instances, to tell a node's newer connection from its older one:
   * the higher wins. One instance alone needs no number, and takes the connection that proved itself last.
   */
  readonly epoch: number;
  /** The enrolment secret, when the relay asks for one. */
  readonly enroll?: string;
}

export interface SessionEntry {
  /** b64u(sha256(route token)). */
  readonly hash: string;
  /** The device's id: 1 to 64 letters, digits, `_` and `-`. */
  readonly device: string;
  readonly ttl: number;
}

export interface OfferEntry {
  /** 4 Crockford characters (typed) or 16 (link). */
  readonly route: string;
  readonly ttl: number;
}

/** A plaintext code for v1 clients (section 6): sha256 of its text as it is shown, in UTF-8. */
export interface CodeEntry {
  readonly hash: string;
  readonly ttl: number;
}

/** Replaces everything the relay holds of this node. The node is online once `registered` answers it. */
export interface Register {
  readonly type: "register";
  readonly sessions: readonly SessionEntry[];
  readonly offers: readonly OfferEntry[];
  readonly codes: readonly CodeEntry[];
}

/** Adds one offer; `offered` answers it. */
export interface Offer extends OfferEntry {
  readonly type: "offer";
}

export interface OfferRemove {
  readonly type: "offer_remove";
  readonly route: string;
}

/** Adds one plaintext code; `offered` answers it. */
export interface Code extends CodeEntry {
  readonly type: "code";
}

export interface CodeRemove {
  readonly type: "code_remove";
  readonly hash: string;
}

/** Adds route tokens, and removes devices by id: the relay forgets their tokens and closes their sockets. */
export interface Sessions {
  readonly type: "sessions";
  readonly add: readonly SessionEntry[];
  readonly remove: readonly string[];
}

/** Closes a client's socket, with `code` (1000 or one of protocol section 9) when given. */
export interface ChannelClose {
  readonly type: "channel_close";
  readonly channel: number;
  readonly code?: number;
}

/** Ends a v1 session by the id that `session_opened` told; its sockets are closed with 4403. */
export interface SessionRevoke {
  readonly type: "session_revoke";
  readonly id: string;
}

// Relay → node.

/** Noise KN message 2: the relay's fresh ephemeral is the challenge. */
export interface NodeChallenge {
  readonly type: "node_challenge";
  readonly noise: string;
}

/** The proof was good: `register` is expected now. */
export interface NodeReady {
  readonly type: "node_ready";
}

/** An entry of `register` that was not taken: named by what the node sent. */
export type Rejected =
  | { readonly route: string; readonly error: string }
  | { readonly hash: string; readonly error: string };

/** The node is online. Whatever `rejected` does not name was taken. */
export interface Registered {
  readonly type: "registered";
  readonly rejected: readonly Rejected[];
}

/** Answers `offer` (by route) and `code` (by hash), and each refused entry of `sessions.add` (by hash). */
export type Offered = { readonly type: "offered"; readonly error?: string } & (
  | { readonly route: string }
  | { readonly hash: string }
);

/** A client is here: by a registered token of `device`, or by an offer's route. `peer` is its address. */
export type ChannelOpen = {
  readonly type: "channel_open";
  readonly channel: number;
  readonly peer: string;
} & (
  | { readonly via: "session"; readonly device: string }
  | { readonly via: "offer"; readonly route: string }
);

export interface ChannelClosed {
  readonly type: "channel_closed";
  readonly channel: number;
}

/** Someone posted a typed code to `/api/pair`: its secret has been shown to the relay. The node burns it. */
export interface OfferExposed {
  readonly type: "offer_exposed";
  readonly route: string;
}

/** A v1 session exists: just made from the code with hash `code`, or told again after `registered`. */
export interface SessionOpened {
  readonly type: "session_opened";
  readonly id: string;
  readonly ttl: number;
  /** The address that redeemed the code. */
  readonly peer: string;
  readonly code?: string;
}

export interface SessionClosed {
  readonly type: "session_closed";
  readonly id: string;
}

/** Relay → both: what went wrong. On a client's socket a close follows; on a node's only when it says so too. */
export interface RelayError {
  readonly type: "error";
  readonly code: string;
  /** How long to wait before trying again. */
  readonly retry_ms?: number;
}

// Client ↔ relay.

export interface OpenBySession {
  readonly type: "open";
  readonly node_id: string;
  /** b64u of the 32 bytes. */
  readonly token: string;
}

export interface OpenByRoute {
  readonly type: "open";
  readonly route: string;
}

export type Open = OpenBySession | OpenByRoute;

/** The channel stands. The first frame may follow `open` without waiting for it. */
export interface Opened {
  readonly type: "opened";
}

/** Names of errors in `error.code`, `offered.error` and `rejected[].error`. */
export const RELAY_ERROR = {
  INVALID_JSON: "invalid_json",
  UNKNOWN_TYPE: "unknown_message_type",
  BAD_MESSAGE: "bad_message",
  NODE_AUTH_FAILED: "node_auth_failed",
  ENROLMENT_REFUSED: "enrolment_refused",
  WRONG_HOST: "wrong_host",
  DENIED: "denied",
  UNKNOWN_ROUTE: "unknown_route",
  OFFER_GONE: "offer_gone",
  NODE_OFFLINE: "node_offline",
  RATE_LIMITED: "rate_limited",
  TOO_BIG: "too_big",
  TOO_MANY_CHANNELS: "too_many_channels",
  RELAY_FULL: "relay_full",
  ROUTE_TAKEN: "route_taken",
  CODE_IN_USE: "code_in_use",
  TOO_MANY_OFFERS: "too_many_offers",
  TOO_MANY_SESSIONS: "too_many_sessions",
} as const;

export type RelayErrorCode = (typeof RELAY_ERROR)[keyof typeof RELAY_ERROR];

export type NodeToRelay =
  | NodeHello
  | NodeAuth
  | Register
  | Offer
  | OfferRemove
  | Code
  | CodeRemove
  | Sessions
  | ChannelClose
  | SessionRevoke;

export type RelayToNode =
  | Welcome
  | NodeChallenge
  | NodeReady
  | Registered
  | Offered
  | ChannelOpen
  | ChannelClosed
  | OfferExposed
  | SessionOpened
  | SessionClosed
  | RelayError;

export type RelayToClient = Welcome | Opened | RelayError;
