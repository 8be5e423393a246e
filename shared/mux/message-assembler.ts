/**
 * Puts the fragments of WebSocket messages together (protocol section 4, WS). A message that came in one piece is
 * handed on as it is; the pieces of a longer one are copied into one buffer that doubles, up to 16 MiB.
 */
import { WS_FLAG } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import { MAX_MESSAGE_BYTES } from "./mux-limits.ts";

export interface WholeMessage {
  readonly bytes: Uint8Array;
  readonly isText: boolean;
  /** What it cost in credit: the payloads of its frames. */
  readonly cost: number;
}

const FIRST_BUFFER_BYTES = 64 * 1024;

export class MessageAssembler {
  private buffer: Uint8Array | undefined;
  private used = 0;
  private paid = 0;
  private isText = false;

  /** What the message that is still coming has cost so far. */
  get pendingCost(): number {
    return this.paid;
  }

  /**
   * Takes the payload of a WS frame (not a CLOSE), flags first. Returns the message when it is whole. Throws
   * MuxError `protocol` for fragments out of order and `message_too_large` above 16 MiB.
   */
  push(flags: number, payload: Uint8Array): WholeMessage | undefined {
    const isStart = (flags & (WS_FLAG.TEXT | WS_FLAG.BINARY)) !== 0;
    if (isStart === this.paid > 0) throw new MuxError("protocol", "WS fragments are out of order");
    if (isStart) this.isText = (flags & WS_FLAG.TEXT) !== 0;
    const isFinal = (flags & WS_FLAG.FINAL) !== 0;
    if (isStart && isFinal) return { bytes: payload.subarray(1), isText: this.isText, cost: payload.length };
    this.append(payload.subarray(1));
    this.paid += payload.length;
    return isFinal ? this.take() : undefined;
  }

  clear(): void {
    this.buffer = undefined;
    this.used = 0;
    this.paid = 0;
  }

  private append(bytes: Uint8Array): void {
    const needed = this.used + bytes.length;
    if (needed > MAX_MESSAGE_BYTES) throw new MuxError("message_too_large", "a message above 16 MiB");
    let buffer = this.buffer;
    if (!buffer || buffer.length < needed) {
      const larger = Math.max(FIRST_BUFFER_BYTES, needed, 2 * (buffer?.length ?? 0));
      const previous = buffer;
      buffer = new Uint8Array(Math.min(larger, MAX_MESSAGE_BYTES));
      if (previous) buffer.set(previous.subarray(0, this.used));
      this.buffer = buffer;
    }
    buffer.set(bytes, this.used);
    this.used = needed;
  }

  private take(): WholeMessage {
    const bytes = (this.buffer ?? new Uint8Array(0)).subarray(0, this.used);
    const message = { bytes, isText: this.isText, cost: this.paid };
    this.clear();
    return message;
  }
}
