/**
 * What leaves a channel, and in which order (protocol section 4; design of the data path: encrypt late). Records
 * are built only while little waits in the link, when flush-timing.ts says so: control frames first, then the streams in
 * turn, a record's worth each, so that a small request is never behind another stream's megabytes.
 */
import type { Link } from "#shared/link.ts";
import { Fifo } from "./fifo.ts";
import { type Backlog, FlushTiming } from "./flush-timing.ts";
import { CHANNEL_WINDOW_BYTES, MAX_CONTROL_QUEUE_BYTES, MAX_STREAMS } from "./mux-limits.ts";
import { type Emitted, OutgoingRecord } from "./outgoing-record.ts";
import { MAX_RECORD_BYTES } from "./padme.ts";
import { SendCredit } from "./send-credit.ts";
import type { Schedule } from "./turn-scheduler.ts";

/** Something that takes its turn: a stream. */
export interface Sender {
  /** Kept by `Outgoing`: it has a place in the queue. */
  isQueued: boolean;
  /** False once it never has anything to send again. */
  readonly isOpen: boolean;
  /** What it has to send, but for its head. */
  readonly bufferedBytes: number;
  /** Puts as much as it may into the record. Calls no listener. */
  emit(record: OutgoingRecord): Emitted;
  /** Runs after a record with something of this sender has gone to the link: the time for events. */
  emitted(): void;
}

interface ControlFrame {
  readonly type: number;
  readonly stream: number;
  readonly payload: Uint8Array;
  /** Runs when the frame is put into a record. */
  readonly sent: (() => void) | undefined;
}

export interface OutgoingOptions {
  readonly link: Link<Uint8Array>;
  readonly linkQueueBytes: number;
  readonly schedule: Schedule;
  /** Of the channel, with those that have nothing to send. */
  readonly openStreams: () => number;
}

export class Outgoing implements Backlog {
  readonly channel = new SendCredit(CHANNEL_WINDOW_BYTES);
  private readonly link: Link<Uint8Array>;
  private readonly linkQueueBytes: number;
  private readonly streamsOpen: () => number;
  private readonly timing: FlushTiming;
  private readonly record: OutgoingRecord;
  private readonly control = new Fifo<ControlFrame>();
  private readonly ready = new Fifo<Sender>();
  private blocked: Sender[] = [];
  private emitters: Sender[] = [];
  private controlBytes = 0;
  private isStopped = false;
  private bytesReady = 0;
  /** At most so many of those that wait are over. */
  private gone = 0;

  constructor({ link, linkQueueBytes, schedule, openStreams }: OutgoingOptions) {
    this.link = link;
    this.record = new OutgoingRecord(this.channel, link.copies === true);
    this.linkQueueBytes = linkQueueBytes;
    this.streamsOpen = openStreams;
    this.timing = new FlushTiming(this, schedule);
  }

  get readyStreams(): number {
    return this.ready.length;
  }

  get readyBytes(): number {
    return this.bytesReady;
  }

  get openStreams(): number {
    return this.streamsOpen();
  }

  /** Streams that wait for their turn or for channel credit, some of which may be over. For tests. */
  get waitingStreams(): number {
    return this.ready.length + this.blocked.length;
  }

  /** More control frames wait than an honest peer, which reads what it is sent, ever lets pile up. */
  get isClogged(): boolean {
    return this.controlBytes > MAX_CONTROL_QUEUE_BYTES;
  }

  /** Queues a frame that costs no credit and goes before everything of the streams. */
  sendControl(type: number, stream: number, payload: Uint8Array, sent?: () => void): void {
    if (this.isStopped) return;
    this.control.push({ type, stream, payload, sent });
    this.controlBytes += payload.length;
    this.flushSoon();
  }

  /** The sender may have something: gives it a turn. */
  wake(sender: Sender): void {
    if (sender.isQueued || this.isStopped) return;
    sender.isQueued = true;
    this.ready.push(sender);
    this.bytesReady += sender.bufferedBytes;
    this.timing.ready();
  }

  /**
   * The sender is over. Those that were waiting are let go of before there are many: a peer that gives no credit, or does
   * not read, could open and reset streams without end, each with its head.
   */
  forget(sender: Sender): void {
    if (!sender.isQueued) return;
    this.gone += 1;
    if (this.gone <= MAX_STREAMS) return;
    this.gone = 0;
    this.blocked = this.blocked.filter((waiting) => waiting.isOpen);
    this.ready.keep((waiting) => waiting.isOpen);
  }

  /** Throws MuxError `protocol` above 2^31-1. */
  addChannelCredit(bytes: number): void {
    this.channel.add(bytes);
    const blocked = this.blocked;
    if (blocked.length === 0) return;
    this.blocked = [];
    for (const sender of blocked) this.ready.push(sender);
    this.bytesReady = MAX_RECORD_BYTES;
    this.flushSoon();
  }

  /** The link has room again. */
  flushSoon(): void {
    this.timing.soon();
  }

  /** Sends what control frames wait, whatever waits in the link, and never sends again. */
  stop(): void {
    if (this.isStopped) return;
    while (this.control.length > 0) {
      this.putControl();
      this.link.send(this.record.take());
    }
    this.isStopped = true;
    this.timing.stop();
    this.ready.clear();
    this.blocked = [];
  }

  /** Sends as much as the link takes now; the rest goes when it has room again. */
  flush(): void {
    this.bytesReady = MAX_RECORD_BYTES;
    while (!this.isStopped && this.link.queuedBytes < this.linkQueueBytes) {
      this.putControl();
      this.putStreams();
      const isEmpty = this.record.isEmpty;
      if (!isEmpty) this.link.send(this.record.take());
      this.tellEmitters();
      if (!isEmpty) continue;
      if (this.ready.length === 0) this.bytesReady = 0;
      return;
    }
  }

  private putControl(): void {
    for (let frame = this.control.peek(); frame; frame = this.control.peek()) {
      if (this.record.freeRoom < frame.payload.length) return;
      this.record.add(frame.type, frame.stream, frame.payload);
      this.control.shift();
      this.controlBytes -= frame.payload.length;
      frame.sent?.();
    }
  }

  private putStreams(): void {
    for (let sender = this.ready.peek(); sender; sender = this.ready.peek()) {
      const emitted = sender.emit(this.record);
      // It keeps its place: the next record begins with it.
      if (emitted === "full") return;
      this.ready.shift();
      this.emitters.push(sender);
      if (emitted === "more") this.ready.push(sender);
      else if (emitted === "blocked") this.blocked.push(sender);
      else sender.isQueued = false;
    }
  }

  private tellEmitters(): void {
    const emitters = this.emitters;
    if (emitters.length === 0) return;
    this.emitters = [];
    for (const sender of emitters) sender.emitted();
  }
}
