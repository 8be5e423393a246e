/**
 * One direction of a link, where it ends: parts are put together to messages. While it is paused nothing is taken, and
 * the other end, which hears of what was taken, stops by itself; what has come by then waits here.
 */
import { isUtf8 } from "node:buffer";
import { kept } from "../kept.ts";
import { LINK_ACK_BYTES, LINK_WINDOW_BYTES } from "./cluster-limits.ts";
import { FRAME, type Frame, HEADER_BYTES } from "./frame.ts";

export interface ReceiverOwner {
  message(data: Buffer, isBinary: boolean): void;
  /** So many bytes more are taken than the other end was told. */
  taken(bytes: number): void;
  /** It does not keep to the protocol: more than it may send, or what cannot be a message. */
  broken(why: "too_big" | "bad_message"): void;
  /** Nothing waits any more. */
  emptied(): void;
  /** What waits has changed: see `heldBytes`. */
  waitingChanged(): void;
}

type Part = Pick<Frame, "type" | "more" | "payload">;

/** The last part may exceed the window, and what was taken is told in steps. */
const MAX_HELD_BYTES = 2 * LINK_WINDOW_BYTES;

export class LinkReceiver {
  private readonly owner: ReceiverOwner;
  private readonly maxMessageBytes: number;
  private isPaused: boolean;
  private isClosed = false;
  private isTaking = false;
  private inbox: Part[] = [];
  private inboxBytes = 0;
  private parts: Buffer[] = [];
  private partsType: number | undefined;
  private partsBytes = 0;
  private untold = 0;

  constructor(options: { owner: ReceiverOwner; maxMessageBytes: number; isPaused: boolean }) {
    this.owner = options.owner;
    this.maxMessageBytes = options.maxMessageBytes;
    this.isPaused = options.isPaused;
  }

  /** Bytes that have come and are not delivered. */
  get heldBytes(): number {
    return this.inboxBytes + this.partsBytes;
  }

  get isEmpty(): boolean {
    return this.inbox.length === 0;
  }

  came(frame: Frame): void {
    if (this.isClosed) return;
    if (!this.isPaused && !this.isTaking && this.inbox.length === 0) {
      this.take(frame);
      return;
    }
    this.inboxBytes += HEADER_BYTES + frame.payload.length;
    if (this.inboxBytes > MAX_HELD_BYTES) {
      this.owner.broken("too_big");
      return;
    }
    this.inbox.push({ type: frame.type, more: frame.more, payload: kept(frame.payload) });
    this.owner.waitingChanged();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused || this.isClosed) return;
    this.isPaused = false;
    // Whoever resumes from within a delivery: the loop that delivers goes on.
    if (this.isTaking || this.inbox.length === 0) return;
    this.takeAll();
    if (this.isClosed) return;
    this.owner.waitingChanged();
    if (this.inbox.length === 0) this.owner.emptied();
  }

  /** Nothing is delivered any more. */
  close(): void {
    this.isClosed = true;
    this.inbox = [];
    this.inboxBytes = 0;
    this.dropParts();
    this.owner.waitingChanged();
  }

  private takeAll(): void {
    this.isTaking = true;
    let next = 0;
    const { inbox } = this;
    // What comes meanwhile joins the end of the same list.
    for (let part = inbox[next]; part !== undefined && !this.isPaused && !this.isClosed; part = inbox[next]) {
      next += 1;
      this.inboxBytes -= HEADER_BYTES + part.payload.length;
      this.take(part);
    }
    this.isTaking = false;
    if (!this.isClosed) this.inbox = inbox.slice(next);
  }

  private take({ type, more, payload }: Part): void {
    this.untold += HEADER_BYTES + payload.length;
    if (this.untold >= LINK_ACK_BYTES) {
      const bytes = this.untold;
      this.untold = 0;
      this.owner.taken(bytes);
    }
    const size = this.partsBytes + payload.length;
    if (size > this.maxMessageBytes) this.owner.broken("too_big");
    else if (this.partsType !== undefined && this.partsType !== type) this.owner.broken("bad_message");
    else if (more && payload.length === 0) this.owner.broken("bad_message");
    else if (more) this.keep(type, payload);
    else this.deliver(type, this.whole(payload, size));
  }

  private keep(type: number, payload: Buffer): void {
    this.partsType = type;
    this.partsBytes += payload.length;
    this.parts.push(payload);
    this.owner.waitingChanged();
  }

  private whole(last: Buffer, size: number): Buffer {
    if (this.parts.length === 0) return last;
    const whole = Buffer.concat([...this.parts, last], size);
    this.dropParts();
    this.owner.waitingChanged();
    return whole;
  }

  private deliver(type: number, data: Buffer): void {
    const isBinary = type === FRAME.BINARY;
    if (isBinary || isUtf8(data)) this.owner.message(data, isBinary);
    else this.owner.broken("bad_message");
  }

  private dropParts(): void {
    this.parts = [];
    this.partsType = undefined;
    this.partsBytes = 0;
  }
}
