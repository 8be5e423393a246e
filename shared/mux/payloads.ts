/**
 * The small payloads (protocol section 4): RESET, WINDOW, PING, CONTROL and the flags of WS. Readers throw
 * MuxError `protocol` for anything but the exact layout; writers are given values that fit.
 */

import { MAX_PAYLOAD_BYTES } from "./inner-frame.ts";
import { WS_FLAG } from "./inner-types.ts";
import { isObject, readJson, readText } from "./json-payload.ts";
import { MuxError } from "./mux-error.ts";
import type { ControlMessage } from "./muxer.ts";
import { type ResetCode, resetCode, resetNumber } from "./reset-codes.ts";

/** Of a RESET: a longer one is cut by the sender and refused by the receiver. Of a CONTROL close both ends cut it. */
export const MAX_REASON_BYTES = 1024;
/** Of a WebSocket close, RFC 6455 section 5.5. */
const MAX_CLOSE_REASON_BYTES = 123;
export const PING_BYTES = 8;

/** Whole message, first piece, later piece, last piece, and the close that stands alone. */
const WS_COMBINATIONS: ReadonlySet<number> = new Set([
  WS_FLAG.TEXT | WS_FLAG.FINAL,
  WS_FLAG.BINARY | WS_FLAG.FINAL,
  WS_FLAG.TEXT,
  WS_FLAG.BINARY,
  0,
  WS_FLAG.FINAL,
  WS_FLAG.CLOSE,
]);

const encoder = new TextEncoder();

function view(payload: Uint8Array): DataView {
  return new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
}

/** `text` as UTF-8, cut between characters so that it fits. */
function cut(text: string, limit: number): Uint8Array {
  const bytes = new Uint8Array(limit);
  return bytes.subarray(0, encoder.encodeInto(text, bytes).written);
}

function numbered(number: number, reason: Uint8Array): Uint8Array {
  const payload = new Uint8Array(2 + reason.length);
  view(payload).setUint16(0, number);
  payload.set(reason, 2);
  return payload;
}

export function encodeReset(code: ResetCode, reason: string): Uint8Array {
  return numbered(resetNumber(code), cut(reason, MAX_REASON_BYTES));
}

export function decodeReset(payload: Uint8Array): { code: ResetCode; reason: string } {
  if (payload.length < 2 || payload.length > 2 + MAX_REASON_BYTES) {
    throw new MuxError("protocol", "a RESET has a wrong length");
  }
  return { code: resetCode(view(payload).getUint16(0)), reason: readText(payload.subarray(2)) };
}

export function encodeWindow(bytes: number): Uint8Array {
  const payload = new Uint8Array(4);
  view(payload).setUint32(0, bytes);
  return payload;
}

export function decodeWindow(payload: Uint8Array): number {
  const bytes = payload.length === 4 ? view(payload).getUint32(0) : 0;
  if (bytes === 0) throw new MuxError("protocol", "a WINDOW is not four bytes above zero");
  return bytes;
}

/** The flags of a WS frame, in one of the seven combinations that exist. */
export function decodeWsFlags(payload: Uint8Array): number {
  const flags = payload[0];
  if (flags === undefined || !WS_COMBINATIONS.has(flags)) {
    throw new MuxError("protocol", "a WS frame has impossible flags");
  }
  return flags;
}

/** What follows the flags. Throws MuxError `message_too_large` or `wrong_state` for what RFC 6455 does not allow. */
export function encodeWsClose(code: number, reason: string): Uint8Array {
  const bytes = encoder.encode(reason);
  if (bytes.length > MAX_CLOSE_REASON_BYTES) {
    throw new MuxError("message_too_large", "the close reason is too long");
  }
  if (!isCloseCode(code)) throw new MuxError("wrong_state", "a close code is 1000 to 4999");
  return numbered(code, bytes);
}

/** What follows the flags. */
export function decodeWsClose(payload: Uint8Array): { code: number; reason: string } {
  const code = payload.length >= 2 ? view(payload).getUint16(0) : 0;
  if (!isCloseCode(code) || payload.length > 2 + MAX_CLOSE_REASON_BYTES) {
    throw new MuxError("protocol", "a WS close has a wrong code or length");
  }
  return { code, reason: readText(payload.subarray(2)) };
}

function isCloseCode(code: number): boolean {
  return Number.isInteger(code) && code >= 1000 && code <= 4999;
}

/** Throws MuxError `message_too_large`. */
export function encodeControl(message: ControlMessage): Uint8Array {
  const payload = encoder.encode(JSON.stringify(message));
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new MuxError("message_too_large", "a CONTROL message does not fit a record");
  }
  return payload;
}

export function decodeControl(payload: Uint8Array): ControlMessage {
  const json = readJson(payload);
  if (!isObject(json) || typeof json.type !== "string") {
    throw new MuxError("protocol", "a CONTROL message is not an object with a type");
  }
  return json as ControlMessage;
}
