/**
 * Limits of what passes between the relay and an endpoint in protocol 2 (sections 2 to 4). They bound what one
 * message can make a program keep, so both ends check them before they allocate anything.
 */

/** A frame: a type byte and at most one Noise transport message. */
export const MAX_FRAME_BYTES = 1 + 65_535;

/** What the relay puts before a frame on the node's leg: the channel number, u32 big-endian. */
export const CHANNEL_PREFIX_BYTES = 4;

/** The highest channel number. Numbers rise from 1 for each node socket and are never used again. */
export const MAX_CHANNEL = 0xffff_ffff;

/** Bytes one channel may have under way in each direction, told to both ends in `welcome.limits`. */
export const CHANNEL_BUFFER_BYTES = 8 * 1024 * 1024;

/** The longest control message of a client, in bytes: `open`. */
export const MAX_CLIENT_CONTROL_BYTES = 4 * 1024;

/** The longest control message of a node or a relay other than a v1 request or response, in bytes. */
export const MAX_NODE_CONTROL_BYTES = 512 * 1024;

/** Devices of one node, and so route tokens in one `register`. */
export const MAX_SESSIONS_PER_NODE = 1_000;

/** Offers, and plaintext codes, that one node may have outstanding. */
export const MAX_OFFERS_PER_NODE = 16;

/** Longest time to live of an offer or a code, in seconds. A relay shortens a longer one. */
export const MAX_OFFER_TTL_SEC = 3_600;

/** Longest time to live of a route token, in seconds: 90 days. A relay shortens a longer one. */
export const MAX_SESSION_TTL_SEC = 90 * 86_400;

/** A Noise message of the node's authentication, in bytes: the transport message carries a small JSON. */
export const MAX_AUTH_NOISE_BYTES = 2 * 1024;

/** A route token, in bytes; the relay keeps its sha256 only. */
export const ROUTE_TOKEN_BYTES = 32;

/** Endpoints give up when no `welcome` has come by then. */
export const WELCOME_TIMEOUT_MS = 10_000;
