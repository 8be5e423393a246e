/**
 * One end of a channel: takes records apart, gives frames to their streams, and decides when all is over. Whatever
 * breaks the protocol ends the channel; a listener that throws loses its own stream alone.
 */
import type { Link, LinkClose, LinkListener } from "#shared/link.ts";
import { NumberTable } from "#shared/number-table.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { Slots } from "#shared/slots.ts";
import { type ChannelClose, type ChannelCloseCode, channelCloseCode } from "./channel-close.ts";
import { ChannelWindow } from "./channel-window.ts";
import { type MuxClock, systemClock } from "./clock.ts";
import { DrainState } from "./drain-state.ts";
import { FloodGuard } from "./flood-guard.ts";
import { readFrames } from "./inner-frame.ts";
import { INNER } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import { LINK_QUEUE_BYTES, MAX_CHANNEL_WINDOW_BYTES, STREAM_BUFFER_BYTES } from "./mux-limits.ts";
import type { ControlMessage, Muxer, MuxerHandlers, MuxerOptions } from "./muxer.ts";
import { Outgoing } from "./outgoing.ts";
import {
  decodeControl,
  decodeWindow,
  encodeControl,
  encodeWindow,
  MAX_REASON_BYTES,
  PING_BYTES,
} from "./payloads.ts";
import type { FailureCode } from "./reset-codes.ts";
import { RoundTrip } from "./round-trip.ts";
import type { StreamCore, StreamHost } from "./stream-core.ts";
import { type Schedule, turnScheduler } from "./turn-scheduler.ts";
import { WindowBudget } from "./window-budget.ts";

export abstract class ChannelCore implements Muxer, StreamHost, LinkListener<Uint8Array> {
  readonly outgoing: Outgoing;
  readonly roundTrip: RoundTrip;
  readonly budget: WindowBudget;
  readonly window: ChannelWindow;
  readonly streamBufferBytes: number;
  protected readonly guard: FloodGuard;
  protected readonly streams = new Slots<StreamCore>();
  /** By number; those of a client that wait for theirs are not in it. */
  private readonly numbered = new NumberTable<StreamCore>();
  /** The highest number that was ever used. */
  protected lastId = 0;
  protected isOver = false;
  private readonly link: Link<Uint8Array>;
  private readonly handlers: MuxerHandlers;
  private readonly clock: MuxClock;
  private readonly schedule: Schedule;
  private readonly draining: DrainState;
  /** Of the record that is being read. */
  private record = { length: 0, isCharged: false, freeFrames: 0, at: 0 };

  constructor({
    link,
    handlers,
    settings = {},
    schedule,
    clock = systemClock(),
    budget,
  }: MuxerOptions<MuxerHandlers>) {
    this.link = link;
    this.handlers = handlers;
    this.clock = clock;
    this.budget = new WindowBudget(budget);
    this.schedule = schedule ?? turnScheduler();
    this.streamBufferBytes = settings.streamBufferBytes ?? STREAM_BUFFER_BYTES;
    const linkQueueBytes = settings.linkQueueBytes ?? LINK_QUEUE_BYTES;
    this.outgoing = new Outgoing({
      link,
      linkQueueBytes,
      schedule: this.schedule,
      openStreams: () => this.streams.size,
    });
    this.roundTrip = new RoundTrip({ clock, outgoing: this.outgoing });
    const largest = Math.min(
      settings.channelBufferBytes ?? MAX_CHANNEL_WINDOW_BYTES,
      MAX_CHANNEL_WINDOW_BYTES,
    );
    this.window = new ChannelWindow(largest, clock.now());
    this.guard = new FloodGuard(clock.now());
    const isIdle = () => !this.isOver && this.streams.size === 0;
    this.draining = new DrainState({ handlers, schedule: this.schedule, isIdle });
  }

  get openStreams(): number {
    return this.streams.size;
  }

  get isDraining(): boolean {
    return this.draining.isDraining;
  }

  get roundTripMs(): number | undefined {
    return this.roundTrip.smallestMs;
  }

  now(): number {
    return this.clock.now();
  }

  start(): void {
    this.link.listen(this);
  }

  sendControl(message: ControlMessage): void {
    this.outgoing.sendControl(INNER.CONTROL, 0, encodeControl(message));
  }

  ping(deadlineMs: number): Promise<number | undefined> {
    return this.roundTrip.ping(deadlineMs);
  }

  drain(): void {
    if (!this.isOver && this.draining.begin()) this.sendControl({ type: "drain" });
  }

  close(code: ChannelCloseCode, reason = ""): void {
    if (this.isOver) return;
    this.isOver = true;
    const streamCode: FailureCode = code === "revoked" || code === "denied" ? "denied" : "cancelled";
    for (const stream of this.streams.all()) stream.sendReset(streamCode, code);
    this.sendControl({ type: "close", code, reason: reason.slice(0, MAX_REASON_BYTES) });
    this.outgoing.stop();
    this.link.close(CLOSE.NORMAL, "");
    this.finish({ code, reason, by: "local" });
  }

  abstract number(stream: StreamCore): number;

  forget(stream: StreamCore): void {
    this.streams.delete(stream.place);
    stream.place = -1;
    // Zero while it waits for its number.
    this.numbered.delete(stream.id);
    this.outgoing.forget(stream);
    this.draining.streamGone();
  }

  fault(error: unknown, stream?: StreamCore): void {
    this.report(error);
    try {
      stream?.fail("internal", "");
    } catch (second) {
      this.report(second);
    }
  }

  message(record: Uint8Array): void {
    if (this.isOver) return;
    const at = this.clock.now();
    this.record = { length: record.length, isCharged: false, freeFrames: 0, at };
    try {
      readFrames(record, this.frame);
      if (!this.record.isCharged) this.guard.count("bytes", record.length, at);
      this.guard.count("frames", this.record.freeFrames, at);
      if (this.outgoing.isClogged) throw new MuxError("flood", "the peer does not read");
    } catch (error) {
      this.breakOff(error);
    }
  }

  drained(): void {
    this.outgoing.flushSoon();
  }

  closed(link: LinkClose): void {
    if (this.isOver) return;
    this.isOver = true;
    this.outgoing.stop();
    this.finish({ code: "cut", reason: link.reason, by: "link", link });
  }

  /** A REQUEST or RESPONSE, whichever this end may receive. */
  protected abstract onHead(type: number, id: number, payload: Uint8Array, at: number): void;

  /** The open stream of that number, or undefined when it is over. Throws `protocol` when it never was. */
  protected streamOf(id: number): StreamCore | undefined {
    if (id === 0 || id > this.lastId)
      throw new MuxError("protocol", "a frame for a stream that was never opened");
    return this.numbered.get(id);
  }

  /** From now on the stream is found by its number. */
  protected list(id: number, stream: StreamCore): void {
    this.numbered.set(id, stream);
  }

  private readonly frame = (type: number, id: number, payload: Uint8Array): void => {
    if (this.isOver) return;
    try {
      if (type === INNER.DATA || type === INNER.WS) this.onCharged(type, id, payload);
      else this.onFree(type, id, payload);
    } catch (error) {
      if (error instanceof MuxError && (error.code === "protocol" || error.code === "flood")) throw error;
      this.fault(error, this.numbered.get(id));
    }
  };

  private onCharged(type: number, id: number, payload: Uint8Array): void {
    if (!this.record.isCharged) this.charge();
    const stream = this.streamOf(id);
    if (type === INNER.DATA) stream?.onData(payload);
    else stream?.onMessageFrame(payload);
  }

  private charge(): void {
    const { length, at } = this.record;
    this.record.isCharged = true;
    const grant = this.window.receive(length, at, this.roundTripMs);
    if (grant === 0) return;
    this.outgoing.sendControl(INNER.WINDOW, 0, encodeWindow(grant), () => this.window.granted(grant));
    this.roundTrip.probe(at);
  }

  private onFree(type: number, id: number, payload: Uint8Array): void {
    this.record.freeFrames += 1;
    const { at } = this.record;
    switch (type) {
      case INNER.REQUEST:
      case INNER.RESPONSE:
        this.onHead(type, id, payload, at);
        return;
      case INNER.END:
        this.streamOf(id)?.onEnd(payload);
        return;
      case INNER.RESET:
        this.guard.count("wasted", 1, at);
        this.streamOf(id)?.onReset(payload);
        return;
      case INNER.WINDOW:
        this.onWindow(id, decodeWindow(payload));
        return;
      case INNER.PING:
      case INNER.PONG:
        requireChannel(id);
        this.onPing(type, payload);
        return;
      case INNER.CONTROL:
        requireChannel(id);
        this.guard.count("controls", 1, at);
        this.onControl(decodeControl(payload));
        return;
      default:
      // Optional types of a newer peer.
    }
  }

  private onWindow(id: number, bytes: number): void {
    if (id === 0) this.outgoing.addChannelCredit(bytes);
    else this.streamOf(id)?.onWindow(bytes);
  }

  private onPing(type: number, payload: Uint8Array): void {
    if (payload.length !== PING_BYTES) throw new MuxError("protocol", "a PING is not eight bytes");
    if (type === INNER.PONG) {
      this.roundTrip.pong(payload);
      return;
    }
    this.guard.count("pings", 1, this.record.at);
    this.outgoing.sendControl(INNER.PONG, 0, payload.slice());
  }

  private onControl(message: ControlMessage): void {
    if (message.type === "close") this.closedByPeer(message);
    else if (message.type === "drain") this.draining.beginByPeer();
    else this.handlers.control?.(message);
  }

  private closedByPeer({ code, reason }: ControlMessage): void {
    this.isOver = true;
    this.outgoing.stop();
    this.link.close(CLOSE.NORMAL, "");
    const text = typeof reason === "string" ? reason.slice(0, MAX_REASON_BYTES) : "";
    this.finish({ code: channelCloseCode(code), reason: text, by: "peer" });
  }

  private breakOff(error: unknown): void {
    if (error instanceof MuxError) this.close(error.code === "flood" ? "busy" : "protocol", error.message);
    else {
      this.report(error);
      this.close("internal");
    }
  }

  private finish(close: ChannelClose): void {
    this.roundTrip.stop();
    for (const stream of this.streams.all()) {
      try {
        stream.lose("cut", close.code);
      } catch (error) {
        this.report(error);
      }
    }
    this.budget.end();
    this.handlers.closed(close);
  }

  /** An error that nobody wants to hear of is thrown in a turn of its own. */
  private report(error: unknown): void {
    if (this.handlers.fault) this.handlers.fault(error);
    else {
      this.schedule(() => {
        throw error;
      });
    }
  }
}

function requireChannel(id: number): void {
  if (id !== 0) throw new MuxError("protocol", "a frame of the channel names a stream");
}
