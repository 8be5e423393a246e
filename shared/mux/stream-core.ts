/**
 * A stream's two directions put together: the calls of the application on one side, the frames of the peer on the
 * other. What differs between the two ends is in client-stream.ts and node-stream.ts.
 */

import { decodeEnd, encodeEnd } from "./head-codec.ts";
import type { HeaderPairs, RequestHead } from "./heads.ts";
import { INNER, WS_FLAG } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import { MAX_MESSAGE_BYTES } from "./mux-limits.ts";
import type { Outgoing, Sender } from "./outgoing.ts";
import type { Emitted, OutgoingRecord } from "./outgoing-record.ts";
import {
  decodeReset,
  decodeWsClose,
  decodeWsFlags,
  encodeReset,
  encodeWindow,
  encodeWsClose,
} from "./payloads.ts";
import { type ReceiveMode, ReceiveSide } from "./receive-side.ts";
import type { FailureCode } from "./reset-codes.ts";
import type { RoundTrip } from "./round-trip.ts";
import { SendSide } from "./send-side.ts";
import type { MuxStream, StreamListener } from "./stream.ts";
import { StreamWindow } from "./stream-window.ts";
import type { WindowBudget } from "./window-budget.ts";

/** The channel, as its streams see it. */
export interface StreamHost {
  readonly outgoing: Outgoing;
  readonly roundTrip: RoundTrip;
  readonly budget: WindowBudget;
  /** The channel's own receive window. */
  readonly window: { readonly size: number };
  readonly streamBufferBytes: number;
  now(): number;
  /** Gives a client's stream its number, when its request goes into a record. */
  number(stream: StreamCore): number;
  /** The stream is over on the wire. */
  forget(stream: StreamCore): void;
  /** A listener threw. */
  fault(error: unknown, stream: StreamCore): void;
}

const NO_BYTES = new Uint8Array(0);
const NO_CLOSE_CODE = 1005;

export abstract class StreamCore implements MuxStream, Sender {
  isQueued = false;
  /** Kept by the channel: where it has this stream; -1 while it has not. */
  place = -1;
  readonly request: RequestHead;
  protected readonly host: StreamHost;
  protected readonly outbound = new SendSide();
  protected readonly inbound: ReceiveSide;
  protected listener: StreamListener | undefined;
  /** What the application may send: nothing yet, body, or messages. */
  protected sendMode: "silent" | "body" | "messages" = "silent";
  protected wireId = 0;
  private isLive = true;
  private wantsWritable = false;

  constructor(host: StreamHost, request: RequestHead, receiveMode: ReceiveMode) {
    this.host = host;
    this.request = request;
    this.inbound = new ReceiveSide(new StreamWindow(host.budget, host.now()), receiveMode);
  }

  get id(): number {
    return this.wireId;
  }

  get isOpen(): boolean {
    return this.isLive;
  }

  get bufferedBytes(): number {
    return this.outbound.bufferedBytes;
  }

  write(chunk: Uint8Array): boolean {
    if (!this.isLive) return false;
    this.requireSending("body");
    if (chunk.length > 0) this.push(chunk);
    return this.hasRoom();
  }

  end(trailers?: HeaderPairs): void {
    if (!this.isLive || this.outbound.isEnded) return;
    if (this.sendMode === "silent") throw new MuxError("wrong_state", "end() before there is a head");
    this.outbound.finish(encodeEnd(trailers));
    this.host.outgoing.wake(this);
  }

  stop(): void {
    if (!this.isLive || this.inbound.isEnded) return;
    if (!this.outbound.isEnded) throw new MuxError("wrong_state", "stop() before end()");
    this.inbound.discard();
    this.outbound.want(true);
    this.host.outgoing.wake(this);
  }

  reset(code: FailureCode, reason = ""): void {
    if (this.isLive) {
      this.sendReset(code, reason);
      this.finishOff();
    } else {
      this.inbound.abandon();
    }
  }

  consumed(bytes: number): void {
    const now = this.host.now();
    const { roundTrip, window } = this.host;
    const grant = this.inbound.window.consume(bytes, now, roundTrip.smallestMs, window.size);
    if (grant > 0) this.sendWindow(grant, now);
  }

  sendMessage(bytes: Uint8Array, isText: boolean): boolean {
    if (!this.isLive) return false;
    this.requireSending("messages");
    if (bytes.length > MAX_MESSAGE_BYTES) throw new MuxError("message_too_large", "a message above 16 MiB");
    this.push(bytes, isText ? WS_FLAG.TEXT : WS_FLAG.BINARY);
    return this.hasRoom();
  }

  sendMessageClose(code = NO_CLOSE_CODE, reason = ""): void {
    if (!this.isLive || this.outbound.isEnded) return;
    this.requireSending("messages");
    this.push(encodeWsClose(code, reason), WS_FLAG.CLOSE);
    this.outbound.finish(NO_BYTES);
  }

  emit(record: OutgoingRecord): Emitted {
    return this.isLive ? this.outbound.emit(record, this.wireId) : "idle";
  }

  emitted(): void {
    try {
      if (this.wantsWritable && this.isLive && this.bufferedBytes * 2 <= this.host.streamBufferBytes) {
        this.wantsWritable = false;
        if (!this.outbound.isEnded) this.listener?.writable();
      }
      this.settle();
    } catch (error) {
      this.host.fault(error, this);
    }
  }

  onData(payload: Uint8Array): void {
    const chunk = this.inbound.data(payload);
    if (chunk) this.listener?.data(chunk);
    else this.goOnUntilStopped();
  }

  onMessageFrame(payload: Uint8Array): void {
    const flags = decodeWsFlags(payload);
    const message = this.tryMessageFrame(flags, payload);
    if (!this.isLive) return;
    if (message) {
      if (this.listener?.message) this.listener.message(message.bytes, message.isText, message.cost);
      else this.consumed(message.cost);
    } else if (flags === WS_FLAG.CLOSE) {
      const { code, reason } = decodeWsClose(payload.subarray(1));
      if (!this.inbound.isDiscarding) this.listener?.messageClose?.(code, reason);
    } else if (this.inbound.isInMessage) {
      this.makeRoomForMessage();
    }
  }

  onEnd(payload: Uint8Array): void {
    this.finishInbound(decodeEnd(payload));
  }

  onReset(payload: Uint8Array): void {
    const { code, reason } = decodeReset(payload);
    if (code !== "done") this.lose(code, reason);
    else if (!this.inbound.isEnded) this.lose("truncated", "the peer reset the stream before its end");
    else {
      this.outbound.abandon();
      this.listener?.stopped?.();
      this.settle();
    }
  }

  onWindow(bytes: number): void {
    this.outbound.credit.add(bytes);
    this.host.outgoing.wake(this);
  }

  /** This end gives the stream up, and the listener has to learn of it. */
  fail(code: FailureCode, reason: string): void {
    if (!this.isLive) return;
    this.sendReset(code, reason);
    this.lose(code, reason);
  }

  /** The stream is lost, by the peer's RESET or with the channel. */
  lose(code: FailureCode | "cut", reason: string): void {
    if (!this.isLive) return;
    this.finishOff();
    this.listener?.reset({ code, reason });
  }

  /** Tells the peer, if it knows of the stream. */
  sendReset(code: FailureCode, reason: string): void {
    if (this.wireId > 0) this.host.outgoing.sendControl(INNER.RESET, this.wireId, encodeReset(code, reason));
  }

  protected finishInbound(trailers: HeaderPairs | undefined): void {
    this.inbound.end();
    this.outbound.want(false);
    if (!this.inbound.isDiscarding) this.listener?.end(trailers);
    this.settle();
  }

  private settle(): void {
    if (!this.isLive || !this.outbound.isComplete) return;
    if (this.outbound.isStopSent) this.inbound.abandon();
    if (!this.inbound.isEnded) return;
    this.isLive = false;
    this.host.forget(this);
    this.listener?.finished?.();
  }

  private finishOff(): void {
    this.isLive = false;
    this.outbound.abandon();
    this.inbound.abandon();
    this.host.forget(this);
  }

  private push(bytes: Uint8Array, flags?: number): void {
    this.outbound.push(bytes, flags);
    this.host.outgoing.wake(this);
  }

  private hasRoom(): boolean {
    if (this.bufferedBytes < this.host.streamBufferBytes) return true;
    this.wantsWritable = true;
    return false;
  }

  private requireSending(mode: "body" | "messages"): void {
    if (this.outbound.isEnded) throw new MuxError("wrong_state", "sending after the end");
    if (this.sendMode !== mode) throw new MuxError("wrong_state", `no ${mode} may be sent now`);
  }

  private tryMessageFrame(flags: number, payload: Uint8Array) {
    try {
      return this.inbound.messageFrame(flags, payload);
    } catch (error) {
      if (!(error instanceof MuxError && error.code === "message_too_large")) throw error;
      this.fail("too_large", error.message);
      return undefined;
    }
  }

  private makeRoomForMessage(): void {
    const grant = this.inbound.window.admit();
    if (grant === undefined) this.fail("too_large", "no room for so large a message now");
    else if (grant > 0) this.sendWindow(grant, this.host.now());
  }

  /**
   * What is dropped while RESET `done` has not left is granted again: that may wait for credit of a peer that waits to
   * stop as well, and gives none before its own end has gone out.
   */
  private goOnUntilStopped(): void {
    if (!this.outbound.isStopSent) this.consumed(0);
  }

  private sendWindow(bytes: number, now: number): void {
    const takesMore = !this.inbound.isDiscarding || !this.outbound.isStopSent;
    if (!this.isLive || !takesMore || this.inbound.isEnded) return;
    this.host.outgoing.sendControl(INNER.WINDOW, this.wireId, encodeWindow(bytes), () => {
      this.inbound.window.granted(bytes);
    });
    this.host.roundTrip.probe(now);
  }
}
