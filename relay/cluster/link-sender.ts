/**
 * One direction of a link, where it begins: messages are cut into frames, and what the other end or its instance
 * cannot take yet waits here, in order and bounded.
 */
import { SendQueue } from "../send-queue.ts";
import { LINK_WINDOW_BYTES } from "./cluster-limits.ts";
import { FRAME, type FrameType, nextNumber, numberFrame, startFrame } from "./frame.ts";
import type { Neighbour, Waiter } from "./neighbour.ts";

export interface SenderOwner {
  congested(): void;
  drained(): void;
  /** More waits than may. */
  overflow(): void;
  /** What waits has changed: see `waitingBytes`. */
  waitingChanged(): void;
}

export interface SenderBounds {
  readonly maxQueuedBytes: number;
  readonly congestedBytes: number;
  readonly drainedBytes: number;
  /** Of one frame's payload. */
  readonly maxPartBytes: number;
}

export interface LinkPlace {
  readonly to: Neighbour;
  readonly link: number;
  readonly fromNear: boolean;
}

export class LinkSender implements Waiter {
  private readonly place: LinkPlace;
  private readonly bounds: SenderBounds;
  private readonly owner: SenderOwner;
  private readonly queue = new SendQueue<{ readonly data: Buffer }>();
  private sequence = 0;
  /** Sent, and not taken by the other end yet. */
  private outstanding = 0;
  private isCongested = false;
  private isClosed = false;
  private whenEmpty: (() => void) | undefined;

  constructor(options: { place: LinkPlace; bounds: SenderBounds; owner: SenderOwner }) {
    this.place = options.place;
    this.bounds = options.bounds;
    this.owner = options.owner;
  }

  get waitingBytes(): number {
    return this.queue.bytes;
  }

  get waitingFrames(): number {
    return this.queue.length;
  }

  send(data: string | Uint8Array, isBinary: boolean): void {
    const { maxPartBytes } = this.bounds;
    const type = isBinary ? FRAME.BINARY : FRAME.TEXT;
    if (sizeOf(data) <= maxPartBytes) {
      this.sendPart(type, data, false);
    } else {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      for (let start = 0; start < bytes.length; start += maxPartBytes) {
        const end = start + maxPartBytes;
        this.sendPart(type, bytes.subarray(start, end), end < bytes.length);
      }
    }
    if (this.queue.length === 0) return;
    this.owner.waitingChanged();
    if (this.isClosed) return;
    if (this.queue.bytes > this.bounds.maxQueuedBytes) this.owner.overflow();
    else if (!this.isCongested && this.queue.bytes > this.bounds.congestedBytes) {
      this.isCongested = true;
      this.owner.congested();
    }
  }

  /** Sends something that waits for nothing: before what is queued. */
  word(type: FrameType, payload?: Uint8Array): void {
    if (this.isClosed) return;
    const frame = this.frame(type, payload?.length ?? 0);
    if (payload !== undefined) frame.set(payload, frame.length - payload.length);
    numberFrame(frame, this.number());
    this.place.to.sendWord(frame);
  }

  /** The other end has taken so many bytes. */
  acknowledged(bytes: number): void {
    this.outstanding = Math.max(0, this.outstanding - bytes);
    if (this.queue.length === 0) return;
    while (this.canSend && this.place.to.hasRoom) this.transmitNext();
    if (this.canSend) this.place.to.wait(this);
    this.moved();
  }

  /** Of its neighbour. */
  turn(): boolean {
    if (!this.canSend) return false;
    this.transmitNext();
    this.moved();
    return this.canSend;
  }

  /** Calls `run` once nothing waits here any more, perhaps at once. Nothing may be sent after it was asked for. */
  finish(run: () => void): void {
    if (this.queue.length === 0) run();
    else this.whenEmpty = run;
  }

  /** Drops what waits. */
  discard(): void {
    this.queue.clear();
    this.place.to.leave(this);
    this.owner.waitingChanged();
    this.emptied();
  }

  /** The link is at its end: nothing goes any more. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.whenEmpty = undefined;
    this.discard();
  }

  private get canSend(): boolean {
    return !this.isClosed && this.queue.length > 0 && this.outstanding < LINK_WINDOW_BYTES;
  }

  private sendPart(type: FrameType, data: string | Uint8Array, more: boolean): void {
    const { to } = this.place;
    const size = sizeOf(data);
    const isNext = this.queue.length === 0;
    const goes = isNext && this.outstanding < LINK_WINDOW_BYTES && to.hasRoom;
    const frame = this.frame(type, size, more, !goes);
    if (typeof data === "string") frame.write(data, frame.length - size);
    else frame.set(data, frame.length - size);
    if (goes) {
      this.transmit(frame);
      return;
    }
    this.queue.push({ data: frame });
    if (isNext && this.canSend) to.wait(this);
  }

  private frame(type: FrameType, size: number, more = false, isKept = false): Buffer {
    const { to, link, fromNear } = this.place;
    return startFrame(type, size, { from: to.from, link, fromNear, more, isKept });
  }

  private transmitNext(): void {
    const frame = this.queue.take();
    if (frame !== undefined) this.transmit(frame.data);
  }

  private transmit(frame: Buffer): void {
    this.outstanding += frame.length;
    numberFrame(frame, this.number());
    this.place.to.sendPart(frame);
  }

  private number(): number {
    const { sequence } = this;
    this.sequence = nextNumber(sequence);
    return sequence;
  }

  private moved(): void {
    this.owner.waitingChanged();
    if (this.isCongested && this.queue.bytes < this.bounds.drainedBytes) {
      this.isCongested = false;
      this.owner.drained();
    }
    if (this.queue.length === 0) this.emptied();
  }

  private emptied(): void {
    const run = this.whenEmpty;
    this.whenEmpty = undefined;
    run?.();
  }
}

function sizeOf(data: string | Uint8Array): number {
  return typeof data === "string" ? Buffer.byteLength(data) : data.length;
}
