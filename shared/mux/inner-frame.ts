/**
 * Takes a record's plaintext apart into inner frames (protocol section 4). Payloads are views into the record,
 * nothing is copied. Anything an honest sender would not make is refused: lengths that lie, frames that would
 * span records, padding that is not zero, a plaintext that is no Padmé bucket.
 */
import { FIRST_OPTIONAL_TYPE, INNER } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import { isBucket, MAX_RECORD_BYTES } from "./padme.ts";

/** `length u24 | type u8 | stream u32`. */
export const FRAME_HEADER_BYTES = 8;
/** The longest payload: a frame never spans records. */
export const MAX_PAYLOAD_BYTES = MAX_RECORD_BYTES - FRAME_HEADER_BYTES;

const LAST_KNOWN_TYPE = INNER.CONTROL;

/** Receives the frames of a record. `payload` is a view. Optional frames of unknown type come here too. */
export type FrameSink = (type: number, stream: number, payload: Uint8Array) => void;

/** Walks a record. Throws MuxError `protocol`; frames before the fault have been handed over by then. */
export function readFrames(record: Uint8Array, sink: FrameSink): void {
  if (!isBucket(record.length)) throw new MuxError("protocol", "the record's length is not a bucket");
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  let at = 0;
  while (record.length - at >= FRAME_HEADER_BYTES) {
    const word = view.getUint32(at);
    const type = word & 0xff;
    if (type === INNER.PADDING) break;
    const start = at + FRAME_HEADER_BYTES;
    const end = start + (word >>> 8);
    if (end > record.length) throw new MuxError("protocol", "an inner frame is longer than its record");
    if (type > LAST_KNOWN_TYPE && type < FIRST_OPTIONAL_TYPE) {
      throw new MuxError("protocol", `unknown inner type ${type}`);
    }
    sink(type, view.getUint32(at + 4), record.subarray(start, end));
    at = end;
  }
  requireZeros(view, at);
}

function requireZeros(view: DataView, from: number): void {
  let seen = 0;
  let at = from;
  for (; at + 4 <= view.byteLength; at += 4) seen |= view.getUint32(at);
  for (; at < view.byteLength; at++) seen |= view.getUint8(at);
  if (seen !== 0) throw new MuxError("protocol", "the padding is not zero");
}
