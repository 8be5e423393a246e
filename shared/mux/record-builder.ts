/**
 * Puts inner frames together into the plaintext of one record and pads it (protocol section 4). Payload bytes
 * are copied once, into the record. Where records are done with at once, all are made in the same memory; otherwise a
 * small one is copied once more into a buffer of its own size, which is cheaper than a large buffer each. It refuses
 * nothing: callers ask `room` first.
 */
import { FRAME_HEADER_BYTES } from "./inner-frame.ts";
import { MAX_RECORD_BYTES, paddedLength } from "./padme.ts";

/** Up to here a second copy costs less than handing the full-size buffer away. */
const SMALL_RECORD_BYTES = 16 * 1024;

export class RecordBuilder {
  private readonly reuses: boolean;
  private buffer = new Uint8Array(MAX_RECORD_BYTES);
  private view = new DataView(this.buffer.buffer);
  private used = 0;
  private frameStart = 0;

  /** `reuses`: nobody looks at a record any more when the next one is begun. */
  constructor(reuses = false) {
    this.reuses = reuses;
  }

  /** Bytes of frames so far. */
  get length(): number {
    return this.used;
  }

  /** The longest payload a further frame may have, in a record of at most `limit` bytes; negative when none fits. */
  room(limit: number): number {
    return limit - this.used - FRAME_HEADER_BYTES;
  }

  /** Adds a whole frame. */
  add(type: number, stream: number, payload: Uint8Array): void {
    this.begin(type, stream);
    this.append(payload, 0, payload.length);
    this.finishFrame();
  }

  /** Starts a frame whose payload comes in pieces. */
  begin(type: number, stream: number): void {
    this.frameStart = this.used;
    this.view.setUint32(this.used, type);
    this.view.setUint32(this.used + 4, stream);
    this.used += FRAME_HEADER_BYTES;
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    this.buffer.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.used);
    this.used += to - from;
  }

  appendByte(byte: number): void {
    this.view.setUint8(this.used, byte);
    this.used += 1;
  }

  /** Writes the length of the frame begun last. */
  finishFrame(): void {
    const length = this.used - this.frameStart - FRAME_HEADER_BYTES;
    const type = this.view.getUint8(this.frameStart + 3);
    this.view.setUint32(this.frameStart, (length << 8) | type);
  }

  /** The padded record; the builder is empty again. The caller owns the record, unless the builder reuses memory. */
  take(): Uint8Array {
    const { buffer, used } = this;
    const padded = paddedLength(used);
    this.used = 0;
    if (!this.reuses && used <= SMALL_RECORD_BYTES) {
      const record = new Uint8Array(padded);
      record.set(buffer.subarray(0, used));
      return record;
    }
    // Earlier records have left their bytes behind.
    buffer.fill(0, used, padded);
    if (this.reuses) return buffer.subarray(0, padded);
    this.buffer = new Uint8Array(MAX_RECORD_BYTES);
    this.view = new DataView(this.buffer.buffer);
    return buffer.subarray(0, padded);
  }
}
