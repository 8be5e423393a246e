/** Limits between instances that no setting changes. The bus may say anything; what it says costs no more than this. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** How often an instance says that it is there, and for how many of its own beats another may say nothing. */
export const BEAT_MS = 1_000;
export const SILENT_BEATS = 3;

/** Other instances that one knows. More are not heard. */
export const MAX_INSTANCES = 64;

/** From the loss of the bus to the next attempt, and what chance adds, so that not all come back in one moment. */
export const RECONNECT_MS = 250;
export const RECONNECT_JITTER_MS = 100;

/** For one attempt to reach one server of the bus. */
export const CONNECT_TIMEOUT_MS = 2_000;

/** The bus is asked for a sign of life this often; at the second that it owes, it counts as gone. */
export const BUS_PING_MS = 1_000;
export const BUS_PINGS_OUT = 2;

/** How long a holder has to answer. */
export const ASK_TIMEOUT_MS = 2_000;

/** What an instance that ends has to say goodbye, before it just goes. */
export const FAREWELL_MS = 500;

/** A question, an answer, or what is told to all, in JSON. */
export const MAX_WORDS_BYTES = 512 * KIB;

/** Of one link and direction: what has been sent and the other end has not taken yet. The last part may exceed it. */
export const LINK_WINDOW_BYTES = 1 * MIB;

/** Taken by this much, the other end hears of it. */
export const LINK_ACK_BYTES = LINK_WINDOW_BYTES / 4;

/** A message travels in parts of this much at the most, and of less where the bus takes less at a time. */
export const LINK_PART_BYTES = 256 * KIB;

/**
 * Sent to one instance by all others together and not received by it yet. A server of the bus that has more for one
 * reader makes its writers wait (nats-server from 48 MiB on), and everybody else with them.
 */
export const INSTANCE_WINDOW_BYTES = 32 * MIB;
export const MIN_INSTANCE_WINDOW_BYTES = 2 * MIB;

/** Received by this much from an instance, it hears of it; else with the next beat. */
export const INSTANCE_CREDIT_BYTES = 512 * KIB;

/** Clients of other instances that are served here. */
export const MAX_REMOTE_PEERS = 50_000;

/** What waits at the near end of a link before its client is not read, and is read again. */
export const NEAR_CONGESTED_BYTES = 256 * KIB;
export const NEAR_DRAINED_BYTES = 64 * KIB;

/** How long a near end has for what it has got before a close, until it confirms that. */
export const LINK_CLOSE_MS = 30_000;

/** An address with an IPv6 zone, in UTF-16 units; and the reason of a close, as a WebSocket takes it. */
export const MAX_ADDRESS_LENGTH = 64;
export const MAX_REASON_BYTES = 123;
