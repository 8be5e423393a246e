/** The rows of the table "Limits" in PROTOCOL.md, and the constants that they state. */
import { MAX_COOKIES, MAX_JAR_BYTES } from "#shared/cookies/cookie-jar.ts";
import { MAX_COOKIE_LENGTH } from "#shared/cookies/cookie-text.ts";
import { MAX_MESSAGES_PER_KEY } from "#shared/crypto/cipher-state.ts";
import { HANDSHAKE_TIMEOUT_MS } from "#shared/crypto/frame-inbox.ts";
import { MAX_HANDSHAKE_PAYLOAD_BYTES, MAX_RECORD_PLAINTEXT_BYTES } from "#shared/crypto/frames.ts";
import { MAX_CHANNEL_AGE_MS } from "#shared/crypto/secure-channel.ts";
import { MAX_HEADER_BYTES, MAX_HEADERS, MAX_PATH_BYTES } from "#shared/mux/head-codec.ts";
import { MAX_PAYLOAD_BYTES } from "#shared/mux/inner-frame.ts";
import {
  CHANNEL_WINDOW_BYTES,
  MAX_CREDIT_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_STREAMS,
  STREAM_WINDOW_BYTES,
} from "#shared/mux/mux-limits.ts";
import { MIN_RECORD_BYTES } from "#shared/mux/padme.ts";
import { MAX_REASON_BYTES } from "#shared/mux/payloads.ts";
import {
  MAX_COOKIE_PATH_LENGTH,
  MAX_COOKIE_TEXT_LENGTH,
  MAX_COOKIE_WRITES,
} from "#shared/protocol/v2/app-messages.ts";
import { CHANNEL_BUFFER_BYTES, MAX_FRAME_BYTES, WELCOME_TIMEOUT_MS } from "#shared/protocol/v2/limits.ts";
import { MAX_CHANNELS, MAX_CHANNELS_PER_DEVICE } from "../../desktop/core/channels/channel-host.ts";
import { CONFIRM_TIMEOUT_MS, DRAIN_AFTER_MS } from "../../desktop/core/channels/device-channel.ts";
import {
  MAX_HANDSHAKES,
  MAX_HANDSHAKES_PER_FAMILY,
  MAX_HANDSHAKES_PER_KEY,
  MAX_OFFER_HANDSHAKES,
} from "../../desktop/core/channels/handshake-slots.ts";
import {
  MAX_GROWTH_OF_NODE_BYTES,
  MAX_GROWTH_PER_FAMILY_BYTES,
  MAX_STREAMS_OF_NODE,
  MAX_STREAMS_PER_DEVICE,
  MAX_STREAMS_PER_FAMILY,
} from "../../desktop/core/channels/stream-quota.ts";
import { MAX_DEVICES } from "../../desktop/core/devices/device-registry.ts";
import { MAX_APPS_PER_DEVICE, MAX_GENERATIONS } from "../../desktop/core/devices/lineage.ts";

export const PROTOCOL_LIMITS: Readonly<Record<string, number>> = {
  "frame, bytes": MAX_FRAME_BYTES,
  "handshake payload, bytes": MAX_HANDSHAKE_PAYLOAD_BYTES,
  "record plaintext, bytes": MAX_RECORD_PLAINTEXT_BYTES,
  "shortest record plaintext, bytes": MIN_RECORD_BYTES,
  "inner payload, bytes": MAX_PAYLOAD_BYTES,
  "records under one key": MAX_MESSAGES_PER_KEY,
  "life of a channel, ms": MAX_CHANNEL_AGE_MS,
  "drain after, ms": DRAIN_AFTER_MS,
  "handshake, ms": HANDSHAKE_TIMEOUT_MS,
  "welcome, ms": WELCOME_TIMEOUT_MS,
  "pair_confirm after HS2, ms": CONFIRM_TIMEOUT_MS,
  "streams of a channel": MAX_STREAMS,
  "stream credit at the start, bytes": STREAM_WINDOW_BYTES,
  "channel credit at the start, bytes": CHANNEL_WINDOW_BYTES,
  "credit, bytes": MAX_CREDIT_BYTES,
  "channel_buffer, bytes": CHANNEL_BUFFER_BYTES,
  "WebSocket message, bytes": MAX_MESSAGE_BYTES,
  "reason of RESET, bytes": MAX_REASON_BYTES,
  "headers of one head": MAX_HEADERS,
  "header names and values, characters": MAX_HEADER_BYTES,
  "path, characters": MAX_PATH_BYTES,
  "channels of a node": MAX_CHANNELS,
  "channels of a device": MAX_CHANNELS_PER_DEVICE,
  "handshakes at a time at a node": MAX_HANDSHAKES,
  "of those for offers": MAX_OFFER_HANDSHAKES,
  "handshakes at a time of a device, or for one offer": MAX_HANDSHAKES_PER_KEY,
  "handshakes at a time of a device with those it let in": MAX_HANDSHAKES_PER_FAMILY,
  "streams of a device, over all its channels": MAX_STREAMS_PER_DEVICE,
  "streams of a device with those it let in": MAX_STREAMS_PER_FAMILY,
  "streams of a node": MAX_STREAMS_OF_NODE,
  "stream credit above that at the start, of a device with those it let in, bytes":
    MAX_GROWTH_PER_FAMILY_BYTES,
  "stream credit above that at the start, of a node, bytes": MAX_GROWTH_OF_NODE_BYTES,
  "devices of a node": MAX_DEVICES,
  "generations of devices": MAX_GENERATIONS,
  "web apps of a device": MAX_APPS_PER_DEVICE,
  "cookies of a web app": MAX_COOKIES,
  "their names, values and paths together, bytes": MAX_JAR_BYTES,
  "name and value of a cookie, bytes": MAX_COOKIE_LENGTH,
  "writes of one CONTROL cookie": MAX_COOKIE_WRITES,
  "text of a write, UTF-16 units": MAX_COOKIE_TEXT_LENGTH,
  "path of a page that writes, UTF-16 units": MAX_COOKIE_PATH_LENGTH,
};
