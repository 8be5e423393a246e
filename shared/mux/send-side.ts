/**
 * One direction of a stream on its way out: head, body or messages, END, and perhaps RESET `done`, in this order.
 * It holds chunks as they were handed in and copies them into a record only when the stream has its turn.
 */
import { Fifo } from "./fifo.ts";
import { INNER, WS_FLAG } from "./inner-types.ts";
import { STREAM_WINDOW_BYTES } from "./mux-limits.ts";
import type { Emitted, OutgoingRecord } from "./outgoing-record.ts";
import { encodeReset } from "./payloads.ts";
import { SendCredit } from "./send-credit.ts";

/** A DATA or WS frame is not begun in less room than this while more waits: scraps cost more than they carry. */
const SMALLEST_PIECE_BYTES = 128;

interface Piece {
  readonly bytes: Uint8Array;
  /** WS flags of a whole message; undefined for body bytes. */
  readonly flags: number | undefined;
}

interface Head {
  readonly type: number;
  readonly payload: Uint8Array;
}

export class SendSide {
  readonly credit = new SendCredit(STREAM_WINDOW_BYTES);
  private readonly pieces = new Fifo<Piece>();
  private head: Head | undefined;
  /** How much of the first piece has been sent. */
  private offset = 0;
  private waiting = 0;
  private end: Uint8Array | undefined;
  private isEndSent = false;
  private stopping: "no" | "wanted" | "sent" = "no";
  /** END is on its way, or the peer wants no more. */
  private ended = false;

  get bufferedBytes(): number {
    return this.waiting;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  /** Everything including END (and RESET `done`, if it was asked for) is in a record. */
  get isComplete(): boolean {
    return this.isEndSent && this.stopping !== "wanted";
  }

  get isStopSent(): boolean {
    return this.stopping === "sent";
  }

  /** `isWhole`: the head says that nothing follows it. */
  setHead(type: number, payload: Uint8Array, isWhole: boolean): void {
    this.head = { type, payload };
    if (isWhole) {
      this.ended = true;
      this.end = undefined;
    }
  }

  push(bytes: Uint8Array, flags?: number): void {
    this.pieces.push({ bytes, flags });
    this.waiting += bytes.length;
  }

  finish(payload: Uint8Array): void {
    this.ended = true;
    this.end = payload;
  }

  /** Asks for RESET `done` after END; or takes it back, when the peer has ended by itself. */
  want(stop: boolean): void {
    if (this.stopping !== "sent") this.stopping = stop ? "wanted" : "no";
  }

  /** Drops what waits: the stream is over, or the peer wants no more. */
  abandon(): void {
    this.pieces.clear();
    this.head = undefined;
    this.offset = 0;
    this.waiting = 0;
    this.end = undefined;
    this.ended = true;
    this.isEndSent = true;
    this.stopping = "no";
  }

  /** `id` is the stream's number, already assigned. */
  emit(record: OutgoingRecord, id: number): Emitted {
    let hasSent = false;
    if (this.head) {
      if (record.freeRoom < this.head.payload.length) return "full";
      record.add(this.head.type, id, this.head.payload);
      this.head = undefined;
      hasSent = true;
      // An `end` that stood in the head.
      if (this.ended && !this.end) this.isEndSent = true;
    }
    for (let piece = this.pieces.peek(); piece; piece = this.pieces.peek()) {
      const result =
        piece.flags === undefined ? this.emitData(record, id) : this.emitMessage(record, id, piece);
      if (result === "full" && hasSent) return "more";
      if (result !== "more") return result;
      hasSent = true;
    }
    if (this.end && !this.isEndSent) {
      if (record.freeRoom < this.end.length) return hasSent ? "more" : "full";
      record.add(INNER.END, id, this.end);
      this.isEndSent = true;
      hasSent = true;
    }
    if (this.isEndSent && this.stopping === "wanted") {
      const payload = encodeReset("done", "");
      if (record.freeRoom < payload.length) return hasSent ? "more" : "full";
      record.add(INNER.RESET, id, payload);
      this.stopping = "sent";
    }
    return "idle";
  }

  /** How long a piece may be now, `least` bytes at least; or why there can be none. */
  private pieceRoom(record: OutgoingRecord, least: number): number | Emitted {
    if (this.credit.available < least) return "idle";
    const room = record.chargedRoom;
    if (room >= Math.min(SMALLEST_PIECE_BYTES, this.credit.available, this.waiting + least)) {
      return Math.min(room, this.credit.available);
    }
    return record.isEmpty ? "blocked" : "full";
  }

  /** One frame with the bytes of as many chunks as fit. "more": go on. */
  private emitData(record: OutgoingRecord, id: number): Emitted {
    const room = this.pieceRoom(record, 1);
    if (typeof room !== "number") return room;
    const frame = record.begin(INNER.DATA, id);
    let left = room;
    for (let piece = this.pieces.peek(); piece && left > 0; piece = this.pieces.peek()) {
      left -= this.copy(frame, piece.bytes, left);
    }
    frame.finishFrame();
    this.credit.spend(room - left);
    return "more";
  }

  /** One fragment of the first message; a CLOSE is never split. "more": go on. */
  private emitMessage(record: OutgoingRecord, id: number, { bytes, flags = 0 }: Piece): Emitted {
    const isClose = flags === WS_FLAG.CLOSE;
    const rest = bytes.length - this.offset;
    const room = this.pieceRoom(record, 1 + (isClose ? rest : Math.min(rest, 1)));
    if (typeof room !== "number") return room;
    const frame = record.begin(INNER.WS, id);
    const isLast = rest <= room - 1;
    frame.appendByte((this.offset === 0 ? flags : 0) | (isLast && !isClose ? WS_FLAG.FINAL : 0));
    this.credit.spend(1 + this.copy(frame, bytes, room - 1));
    frame.finishFrame();
    return "more";
  }

  /** Copies from the first piece, and takes it off when it is done. */
  private copy(
    frame: { append(bytes: Uint8Array, from: number, to: number): void },
    bytes: Uint8Array,
    limit: number,
  ) {
    const to = Math.min(bytes.length, this.offset + limit);
    const count = to - this.offset;
    frame.append(bytes, this.offset, to);
    this.waiting -= count;
    this.offset = to;
    if (to === bytes.length) {
      this.pieces.shift();
      this.offset = 0;
    }
    return count;
  }
}
