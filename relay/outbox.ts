/**
 * What is on its way out of one socket. The socket itself is given little at a time, so that a ping or a close is not
 * behind megabytes, that progress can be seen, and that what a revoked peer has not got yet can be taken back. The
 * rest waits here, counted and bounded.
 */
import type { WebSocket } from "ws";
import { kept } from "./kept.ts";
import { CONGESTED_BYTES, DRAINED_BYTES, QUEUED_MESSAGE_BYTES, SOCKET_QUEUE_BYTES } from "./limits.ts";
import type { OutputBudget, Sender } from "./output-budget.ts";
import { type QueuedMessage, SendQueue } from "./send-queue.ts";

export interface OutboxListener {
  congested(): void;
  drained(): void;
  /** More waits than may. */
  overflow(): void;
  /** So many bytes were given to the socket. */
  transmitted(bytes: number): void;
}

const TEXT = { binary: false, compress: false };
const BINARY = { binary: true, compress: false };

export class Outbox implements Sender {
  private readonly ws: WebSocket;
  private readonly budget: OutputBudget;
  private readonly maxBytes: number;
  private readonly listener: OutboxListener;
  private readonly queue = new SendQueue();
  private bytes = 0;
  /** Messages that have not gone to the system yet, here and in the socket. */
  private messages = 0;
  private weighed = 0;
  private isCongested = false;
  private isClosed = false;
  private isHeld = false;
  private whenEmpty: (() => void) | undefined;
  private gone = 0;

  constructor(options: { ws: WebSocket; budget: OutputBudget; maxBytes: number; listener: OutboxListener }) {
    this.ws = options.ws;
    this.budget = options.budget;
    this.maxBytes = options.maxBytes;
    this.listener = options.listener;
  }

  get queuedBytes(): number {
    return this.bytes;
  }

  get weight(): number {
    return this.weighed;
  }

  get congested(): boolean {
    return this.isCongested;
  }

  /** Messages that have gone to the system so far. */
  get sentMessages(): number {
    return this.gone;
  }

  send(data: string | Uint8Array, isBinary: boolean): void {
    this.messages += 1;
    const message = { data: this.bytes > 0 ? kept(data) : data, isBinary };
    if (this.queue.length === 0 && this.takesMore()) this.transmit(message);
    else this.queue.push(message);
    this.account();
    if (this.bytes > this.maxBytes) this.listener.overflow();
    else if (!this.isCongested && this.bytes > CONGESTED_BYTES) {
      this.isCongested = true;
      this.listener.congested();
    }
  }

  /** Gives the socket nothing more until it is released. */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.pump();
  }

  /** Calls `run` once nothing waits here any more, perhaps at once. Nothing may be sent after it was asked for. */
  finish(run: () => void): void {
    if (this.queue.length === 0) run();
    else this.whenEmpty = run;
  }

  /** Drops what the socket has not been given yet. */
  discard(): void {
    this.messages -= this.queue.length;
    this.queue.clear();
    this.account();
    this.emptied();
  }

  overflow(): void {
    this.listener.overflow();
  }

  /** The socket is closed. */
  closed(): void {
    this.isClosed = true;
    this.whenEmpty = undefined;
    this.queue.clear();
    this.account();
  }

  private transmit({ data, isBinary }: QueuedMessage): void {
    this.ws.send(data, isBinary ? BINARY : TEXT, this.sent);
    this.listener.transmitted(data.length);
  }

  /** Called when a message has gone to the system, one function for all of them: requests must stay cheap. */
  private readonly sent = (): void => {
    if (this.isClosed) return;
    this.messages -= 1;
    this.gone += 1;
    this.pump();
  };

  private takesMore(): boolean {
    return !this.isHeld && this.ws.bufferedAmount < SOCKET_QUEUE_BYTES;
  }

  private pump(): void {
    while (this.takesMore()) {
      const next = this.queue.take();
      if (next === undefined) break;
      this.transmit(next);
    }
    this.account();
    if (this.isCongested && this.bytes < DRAINED_BYTES) {
      this.isCongested = false;
      this.listener.drained();
    }
    if (this.queue.length === 0) this.emptied();
  }

  private emptied(): void {
    const run = this.whenEmpty;
    this.whenEmpty = undefined;
    run?.();
  }

  private account(): void {
    this.bytes = this.isClosed ? 0 : this.ws.bufferedAmount + this.queue.bytes;
    const weight = this.isClosed ? 0 : this.bytes + this.messages * QUEUED_MESSAGE_BYTES;
    const delta = weight - this.weighed;
    if (delta === 0) return;
    this.weighed = weight;
    this.budget.changed(this, delta);
  }
}
