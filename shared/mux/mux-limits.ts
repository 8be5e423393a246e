/**
 * The numbers of the stream layer, with their units. Those that both ends must agree on are part of the protocol
 * (section 4); the others are this end's own protection.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

// Part of the protocol.
export const MAX_STREAMS = 128;
/** Stream credit at the start, each way. */
export const STREAM_WINDOW_BYTES = 256 * KIB;
/** Channel credit at the start, each way. */
export const CHANNEL_WINDOW_BYTES = MIB;
/** More credit than this is a `protocol` error. */
export const MAX_CREDIT_BYTES = 2 ** 31 - 1;
export const MAX_MESSAGE_BYTES = 16 * MIB;

// This end's memory.
/** What all streams of a channel may have been granted together: 128 first windows, and as much again to grow. */
export const MAX_GROWTH_BYTES = 64 * MIB - MAX_STREAMS * STREAM_WINDOW_BYTES;
/** A stream window grows no further for throughput: the channel window would be in the way. */
export const MAX_STREAM_WINDOW_BYTES = 8 * MIB;
export const MAX_CHANNEL_WINDOW_BYTES = 8 * MIB;
/** A stream window may grow so far to take in one message of the largest size, flags of its pieces included. */
export const MAX_MESSAGE_WINDOW_BYTES = MAX_MESSAGE_BYTES + STREAM_WINDOW_BYTES;
/** Control frames that the link does not take: above, the peer is not reading. */
export const MAX_CONTROL_QUEUE_BYTES = MIB;

// Defaults of settings.
export const LINK_QUEUE_BYTES = 256 * KIB;
export const STREAM_BUFFER_BYTES = 128 * KIB;
