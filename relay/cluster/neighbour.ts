/**
 * Another instance, at the address that it has on the bus for as long as its connection lasts. What is on the way to
 * it is bounded for all links together, because one that stands still would make the bus stall everybody; links wait
 * for that in turn.
 */

import { INSTANCE_CREDIT_BYTES } from "./cluster-limits.ts";
import { ADDRESS_BYTES, FRAME, numberFrame, startFrame } from "./frame.ts";

/** A link with something to send. */
export interface Waiter {
  /** Sends one frame. Whether it could send another. */
  turn(): boolean;
}

export interface NeighbourOptions {
  readonly address: number;
  /** This instance's own address. */
  readonly from: number;
  readonly post: (subject: string, frame: Buffer) => void;
  /** How much may be on the way to it. */
  readonly window: () => number;
}

export class Neighbour {
  readonly address: number;
  readonly from: number;
  /** Own beats since it was last heard of. */
  silentBeats = 0;
  private readonly subject: string;
  private readonly post: (subject: string, frame: Buffer) => void;
  private readonly window: () => number;
  private readonly waiting = new Set<Waiter>();
  private sent = 0;
  private confirmed = 0;
  private received = 0;
  private told = 0;

  constructor(options: NeighbourOptions) {
    this.address = options.address;
    this.from = options.from;
    this.subject = linkSubject(options.address);
    this.post = options.post;
    this.window = options.window;
  }

  /** Whether part of a message may go now. */
  get hasRoom(): boolean {
    return this.waiting.size === 0 && this.isOpen;
  }

  /** Calls `waiter` in turn once there is room. Repeating it changes nothing. */
  wait(waiter: Waiter): void {
    this.waiting.add(waiter);
  }

  leave(waiter: Waiter): void {
    this.waiting.delete(waiter);
  }

  /** Sends part of a message. Only where there is room. */
  sendPart(frame: Buffer): void {
    this.sent += frame.length;
    this.post(this.subject, frame);
  }

  /** Sends what is no part of a message: it is small, and waits for nothing. */
  sendWord(frame: Buffer): void {
    this.post(this.subject, frame);
  }

  /** It says that so much of all that was sent has come. */
  credited(payload: Buffer): void {
    if (payload.length !== ADDRESS_BYTES) return;
    this.confirmed = Math.max(this.confirmed, payload.readUIntBE(0, ADDRESS_BYTES));
    while (this.isOpen) {
      const [next] = this.waiting;
      if (next === undefined) return;
      this.waiting.delete(next);
      if (next.turn()) this.waiting.add(next);
    }
  }

  /** Part of a message has come from it. */
  partCame(bytes: number): void {
    this.received += bytes;
    if (this.received - this.told >= INSTANCE_CREDIT_BYTES) this.tellCredit();
  }

  /** Tells it what has come, if it does not know. */
  tellCredit(): void {
    if (this.received === this.told) return;
    this.told = this.received;
    const frame = startFrame(FRAME.CREDIT, ADDRESS_BYTES, { from: this.from, link: 0, fromNear: false });
    frame.writeUIntBE(this.received, frame.length - ADDRESS_BYTES, ADDRESS_BYTES);
    numberFrame(frame, 0);
    this.sendWord(frame);
  }

  private get isOpen(): boolean {
    return this.sent - this.confirmed < this.window();
  }
}

/** Where an instance hears what concerns its links. */
export function linkSubject(address: number): string {
  return `ora.link.${addressText(address)}`;
}

export function addressText(address: number): string {
  return address.toString(16).padStart(2 * ADDRESS_BYTES, "0");
}

export function parseAddress(text: unknown): number | undefined {
  return typeof text === "string" && /^[0-9a-f]{12}$/.test(text) ? Number.parseInt(text, 16) : undefined;
}
