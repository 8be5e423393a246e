/**
 * One accepted WebSocket, of a node or of a client, of either protocol: whole messages in, bounded queue out. It knows
 * when its peer reads too slowly, can stop reading it, and tells whether it shows signs of life. What the messages
 * mean is its owner's business.
 */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { Clock } from "./clock.ts";
import {
  CONGESTED_BYTES,
  CUT_GRACE_MS,
  DRAINED_BYTES,
  HEARTBEAT_MISSES,
  QUEUED_MESSAGE_BYTES,
} from "./limits.ts";
import type { OutputBudget, Sender } from "./output-budget.ts";

export interface PeerListener {
  /** A whole message. Text is valid UTF-8. */
  message(data: Buffer, isBinary: boolean): void;
  /** More waits to be sent than the peer keeps up with. */
  congested?(): void;
  /** It has caught up. */
  drained?(): void;
  /** A ping or a pong: no message, but a budget may count it. */
  control?(): void;
  /** This side has begun to close it; `closed` follows, within the time a close may take. */
  ending?(): void;
  /** The end, exactly once. Nothing else is called after it. */
  closed(code: number): void;
}

/** Why a socket is not read: because its node is congested, because of its own queue, or while it waits for a place. */
export type PauseReason = "node" | "self" | "admission";

/** What the TCP or TLS socket below can tell. */
interface CountingStream extends Duplex {
  readonly bytesWritten?: number;
}

const TEXT = { binary: false, compress: false };
const BINARY = { binary: true, compress: false };

export class PeerSocket implements Sender {
  /** The client's address, as `clientAddress` has it. */
  readonly address: string;
  private readonly ws: WebSocket;
  private readonly stream: CountingStream;
  private readonly budget: OutputBudget;
  private readonly maxQueuedBytes: number;
  private readonly paused = new Set<PauseReason>();
  private listener: PeerListener | undefined;
  private queued = 0;
  private waiting = 0;
  private weighed = 0;
  private isCongested = false;
  private ending = false;
  private isClosed = false;
  private heard = true;
  /** At the last beat: how much had left, when something was left behind. */
  private backlogAt: number | undefined;
  private misses = 0;
  private probe: ((alive: boolean) => void) | undefined;

  constructor(options: {
    ws: WebSocket;
    stream: CountingStream;
    address: string;
    budget: OutputBudget;
    maxQueuedBytes: number;
  }) {
    this.ws = options.ws;
    this.stream = options.stream;
    this.address = options.address;
    this.budget = options.budget;
    this.maxQueuedBytes = options.maxQueuedBytes;
  }

  /** Starts delivery. Must be called in the turn in which the socket was accepted. */
  listen(listener: PeerListener): void {
    this.listener = listener;
    this.ws.on("message", (data, isBinary) => {
      this.hear();
      if (!this.ending && Buffer.isBuffer(data)) listener.message(data, isBinary);
    });
    const control = () => {
      this.hear();
      if (!this.ending) listener.control?.();
    };
    this.ws.on("ping", control);
    this.ws.on("pong", control);
    // ws closes the socket itself after a broken frame or one over maxPayload, and "close" follows.
    this.ws.on("error", () => undefined);
    this.ws.on("close", (code) => {
      this.ending = true;
      this.isClosed = true;
      this.account();
      this.probe?.(false);
      listener.closed(code);
    });
  }

  get open(): boolean {
    return !this.ending;
  }

  get queuedBytes(): number {
    return this.queued;
  }

  get weight(): number {
    return this.weighed;
  }

  get congested(): boolean {
    return this.isCongested;
  }

  /** Queues a text message: a string, or the UTF-8 of one. False when the socket is at its end. */
  sendText(text: string | Buffer): boolean {
    return this.send(text, TEXT);
  }

  sendBinary(data: Uint8Array): boolean {
    return this.send(data, BINARY);
  }

  sendJson(message: object): boolean {
    return this.send(JSON.stringify(message), TEXT);
  }

  /** Stops reading, until every reason is gone. What has arrived already is still delivered. */
  pause(reason: PauseReason): void {
    this.paused.add(reason);
    if (!this.ending) this.ws.pause();
  }

  resume(reason: PauseReason): void {
    if (this.paused.delete(reason) && this.paused.size === 0) this.ws.resume();
  }

  /** Ends the socket after what is queued. Messages that still come are dropped. */
  close(code: number, reason: string): void {
    if (this.ending) return;
    this.ending = true;
    // Read again, or the peer's own close would never be seen.
    this.paused.clear();
    this.ws.resume();
    this.ws.close(code, reason);
    this.listener?.ending?.();
  }

  /** Ends the socket for somebody who may have nothing more: what is still queued gets a moment and no longer. */
  cut(clock: Clock, code: number, reason: string): void {
    this.close(code, reason);
    if (this.queued > 0) clock.after(CUT_GRACE_MS, () => this.terminate());
  }

  /** Ends the socket now, queue and all. */
  terminate(): void {
    this.ending = true;
    this.ws.terminate();
  }

  overflow(): void {
    this.close(CLOSE.TOO_BIG, "reads_too_slowly");
  }

  /** One heartbeat: a ping, or the end of a peer that gave no sign of life for too many of them. */
  beat(): void {
    if (this.ending) return;
    // A socket that the relay itself does not read cannot answer; its own full queue is judged by its progress.
    const excused = this.paused.has("node") || this.paused.has("admission");
    if (this.heard || this.movedSince(this.backlogAt) || (excused && this.queued === 0)) this.misses = 0;
    else this.misses += 1;
    this.heard = false;
    this.backlogAt = this.backlog();
    if (this.misses >= HEARTBEAT_MISSES) this.terminate();
    else this.ping();
  }

  /** Asks for a sign of life within `ms`. `done` is called once, with false also when the socket ends. */
  askAlive(clock: Clock, ms: number, done: (alive: boolean) => void): void {
    const backlog = this.backlog();
    const timer = clock.after(ms, () => answer(this.movedSince(backlog)));
    const answer = (alive: boolean) => {
      timer.cancel();
      this.probe = undefined;
      done(alive);
    };
    this.probe = answer;
    this.ping();
  }

  private hear(): void {
    this.heard = true;
    this.probe?.(true);
  }

  private ping(): void {
    if (this.ending) return;
    this.ws.ping();
  }

  /**
   * Bytes that have left this process, while some could not: then the system's buffer is full, and more can only
   * leave when the peer takes some. Without a backlog, leaving proves nothing: a dead peer's buffer fills as well.
   */
  private backlog(): number | undefined {
    return this.queued === 0 ? undefined : (this.stream.bytesWritten ?? 0) - this.stream.writableLength;
  }

  private movedSince(backlog: number | undefined): boolean {
    return backlog !== undefined && (this.stream.bytesWritten ?? 0) - this.stream.writableLength > backlog;
  }

  private send(data: string | Uint8Array, options: typeof TEXT): boolean {
    if (this.ending) return false;
    this.waiting += 1;
    this.ws.send(this.queued > 0 ? owned(data) : data, options, this.sent);
    this.account();
    if (this.queued > this.maxQueuedBytes) this.overflow();
    else if (!this.isCongested && this.queued > CONGESTED_BYTES) {
      this.isCongested = true;
      this.listener?.congested?.();
    }
    return !this.ending;
  }

  /** Called when a message has gone to the system, one function for all of them: requests must stay cheap. */
  private readonly sent = (): void => {
    this.waiting -= 1;
    this.account();
    if (this.isCongested && this.queued < DRAINED_BYTES && !this.ending) {
      this.isCongested = false;
      this.listener?.drained?.();
    }
  };

  private account(): void {
    this.queued = this.isClosed ? 0 : this.ws.bufferedAmount;
    const weight = this.isClosed ? 0 : this.queued + this.waiting * QUEUED_MESSAGE_BYTES;
    const delta = weight - this.weighed;
    if (delta === 0) return;
    this.weighed = weight;
    this.budget.changed(this, delta);
  }
}

/**
 * What waits must not keep more memory than it counts for: a frame is often a small part of what was read with it, and
 * would hold all of that for as long as its own receiver is slow.
 */
function owned(data: string | Uint8Array): string | Uint8Array {
  if (typeof data === "string" || 2 * data.length >= data.buffer.byteLength) return data;
  const copy = Buffer.allocUnsafeSlow(data.length);
  copy.set(data);
  return copy;
}
