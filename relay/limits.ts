/**
 * Limits of the relay that no setting changes. Each bounds something that strangers can make it keep, so that it
 * refuses by name instead of running out of memory.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Nodes online at once. */
export const MAX_NODES = 10_000;

/** Client sockets at once. */
export const MAX_CLIENTS = 20_000;

/** TCP connections at once, whatever is on them: those sockets, and as many again as plain requests need for moments. */
export const MAX_CONNECTIONS = MAX_NODES + MAX_CLIENTS + 4_096;

/** Connections of one address (IPv6: one /64) beside its WebSockets. */
export const PLAIN_CONNECTIONS_PER_ADDRESS = 256;

/** Upgrades that one address may ask for in a minute. The relay's own machine may ask for any number. */
export const UPGRADES_PER_MINUTE = 3_000;

/**
 * Channels that clients may open at one node, at once and a second: it pays for each with a handshake. All of its clients
 * come back at once when its connection was lost.
 */
export const NODE_OPENS_BURST = 1_000;
export const NODE_OPENS_PER_SECOND = 50;

/** Client sockets with one v1 token, and with all tokens of one node. */
export const MAX_SOCKETS_PER_SESSION = 8;
export const MAX_V1_CLIENTS_PER_NODE = 128;

/** Messages and control frames of one socket that are looked at before others have their turn. */
export const MAX_MESSAGES_PER_TURN = 256;

/** Sockets that have proved nothing yet, in all and from one address (IPv6: one /64). */
export const MAX_UNPROVEN = 4_096;
export const MAX_UNPROVEN_PER_ADDRESS = 1_024;

/** Pairing codes outstanding. One node's seventeenth pushes out its oldest. */
export const MAX_OFFERS = 100_000;
export const MAX_CODES_PER_NODE = 16;

/** Above the largest accepted message, so that one that is only somewhat too large is answered and not cut off. */
export const HARD_CAP_FACTOR = 2;

/** v1 sessions alive. */
export const MAX_SESSIONS = 100_000;
export const MAX_SESSIONS_PER_V1_NODE = 1_000;

/** Addresses whose attempts are counted; the one heard of longest ago is forgotten first. */
export const MAX_COUNTED_ADDRESSES = 50_000;

/** A v1 node id, in UTF-16 units. */
export const MAX_NODE_ID_LENGTH = 128;

/** Body of `POST /api/pair`. */
export const MAX_PAIR_BODY_BYTES = 4 * KIB;

/** Request line and headers of one HTTP request. */
export const MAX_HEADER_BYTES = 16 * KIB;

/** Requests on one connection. Whoever sends many at once, without waiting, shall not keep others from being answered. */
export const MAX_REQUESTS_PER_CONNECTION = 1_000;

/** For the headers, and for the whole of an HTTP request. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** How long a connection may stand still: an answer that nobody takes, for one. WebSockets have their heartbeat. */
export const STANDSTILL_MS = 60_000;

/** What a socket may send before it has proved anything, and how long it may take, whatever it sends. */
export const V1_NODE_PROBATION = { messages: 32, bytes: 64 * KIB, ms: 60_000 };

/** Useless messages from one socket within a minute, before it is closed. */
export const MAX_INVALID_PER_MINUTE = 100;

/** The same for a v2 node until it has proved its key, and for a v2 client until it has said what to open. */
export const V2_NODE_PROBATION = { messages: 8, bytes: 16 * KIB, ms: 10_000 };
export const V2_CLIENT_PROBATION = { messages: 4, bytes: 8 * KIB, ms: 10_000 };

/** From a node's proof to its `register`. */
export const REGISTER_MS = 30_000;

/**
 * Proofs that one address may ask for in a minute: each costs a few key agreements, some 0.3 ms. Behind a proxy that
 * is not trusted all nodes share one address, and after a restart they all come at once.
 */
export const HELLOS_PER_MINUTE = 10_000;

/** Channels of one v2 node at once. */
export const MAX_CHANNELS_PER_NODE = 1_000;

/** Of these, of one device; and how often a device may open one in a minute. A node pays for each with a handshake. */
export const MAX_CHANNELS_PER_DEVICE = 32;
export const DEVICE_OPENS_PER_MINUTE = 60;

/** Queued for one v2 client beyond what its channel may have under way, before it is closed. */
export const CHANNEL_SLACK_BYTES = 1 * MIB;

/** Route tokens of all v2 nodes, those that each node may have even when it is full, and routes of their offers. */
export const MAX_DEVICES = 250_000;
export const DEVICES_OF_RIGHT = MAX_DEVICES / MAX_NODES;
export const MAX_ROUTES = 100_000;

/** How long a route that has gone is told from one that never was, and how many are; the oldest is forgotten first. */
export const GONE_ROUTE_MS = 600_000;
export const MAX_GONE_ROUTES = 20_000;

/** A full table is looked through for what has expired no more often than this. */
export const MIN_SWEEP_MS = 1_000;

/**
 * What one v2 node may tell the relay beside frames and answers: so much at once, and so much a second. A message counts
 * as one, and so do four of its entries. An owner who revokes a thousand devices at once needs 1,300.
 */
export const NODE_WORDS_BURST = 4_096;
export const NODE_WORDS_PER_SECOND = 1_024;
export const ENTRIES_PER_WORD = 4;

/** Codes that one v1 node may offer, at once and a second. */
export const V1_OFFERS_BURST = 256;
export const V1_OFFERS_PER_SECOND = 16;

/** How long the holder of a v1 node id has to answer a ping before a newcomer takes its place. */
export const HOLDER_PING_MS = 2_000;

/** How far a node's clock may be ahead of the relay's, where its connections are numbered by it. */
export const MAX_NODE_CLOCK_AHEAD_MS = 60_000;

/** Nodes that left whose offers are remembered, until they are seen at another instance of this relay. */
export const MAX_LEFT_NODES = 10_000;

export const HEARTBEAT_INTERVAL_MS = 25_000;

/** Heartbeats without any sign of life until a socket counts as dead. */
export const HEARTBEAT_MISSES = 2;

/** How long a node that is told of a new client may be silent altogether. */
export const DOUBT_MS = 15_000;

/** Above the first a peer counts as congested: whoever sends to it is not read. Below the second it is free again. */
export const CONGESTED_BYTES = 1 * MIB;
export const DRAINED_BYTES = 256 * KIB;

/** What one socket is given at a time; the rest waits where it can still be taken back. */
export const SOCKET_QUEUE_BYTES = 256 * KIB;

/** Queued for one v1 socket before it is closed: it holds a full house of pending answers at the default limits. */
export const MAX_QUEUED_BYTES = 32 * MIB;

/** Queued for all sockets together; above it the one with the most is closed. */
export const MAX_QUEUED_TOTAL_BYTES = 256 * MIB;

/**
 * Held of messages that are not whole yet, for all sockets together: above it the one that holds the most is closed.
 * What one read brings is not counted; each piece costs something beside its bytes.
 */
export const MAX_UNFINISHED_TOTAL_BYTES = 128 * MIB;
export const UNCOUNTED_UNFINISHED_BYTES = 68 * KIB;
export const UNFINISHED_CHUNK_BYTES = 256;

/** How long a message that is more than one read may take, while the relay reads its socket. */
export const MAX_UNFINISHED_MS = 30_000;

/** How long a socket whose message was given up has to take the close, before it is cut. */
export const UNFINISHED_GRACE_MS = 1_000;

/** What one queued message costs beside its bytes, roughly: it counts towards the bound on all sockets together. */
export const QUEUED_MESSAGE_BYTES = 512;

/** How long what the socket of somebody revoked was already given may still go out. */
export const CUT_GRACE_MS = 50;

/** How long a peer has to answer our close before the connection is cut. */
export const CLOSE_TIMEOUT_MS = 3_000;

/** Request ids that were given up while the node may still answer them; more, and ids are no longer passed on. */
export const MAX_ABANDONED_IDS = 4_096;

/** Shutting down: for requests under way, for spreading the farewells, and for everything. */
export const DRAIN_MS = 2_000;
export const FAREWELL_SPREAD_MS = 2_000;
export const SHUTDOWN_MS = 5_000;

/** Up to so many sockets are told at once that the relay restarts; more are spread. */
export const FAREWELL_AT_ONCE = 100;
