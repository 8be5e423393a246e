/**
 * The receive window of one stream with its share of the channel's budget. It grows for throughput and to take
 * in a large message, shrinks again afterwards, and stays charged after the end of the stream for what the
 * application has not consumed: otherwise a peer could pile up finished bodies without end.
 */
import { MuxError } from "./mux-error.ts";
import { MAX_MESSAGE_WINDOW_BYTES, MAX_STREAM_WINDOW_BYTES, STREAM_WINDOW_BYTES } from "./mux-limits.ts";
import { ReceiveWindow } from "./receive-window.ts";
import type { WindowBudget } from "./window-budget.ts";
import { WindowTuner } from "./window-tuner.ts";

export class StreamWindow {
  private readonly window = new ReceiveWindow(STREAM_WINDOW_BYTES);
  private readonly budget: WindowBudget;
  private readonly tuner: WindowTuner;
  /** The size that throughput asks for; `window.size` is above while a large message comes in. */
  private target = STREAM_WINDOW_BYTES;
  /** Growth taken from the budget. */
  private grown = 0;
  /** What an unfinished message has cost so far. */
  private part = 0;
  private state: "open" | "finished" | "released" = "open";

  /** `budget.take()` has been called for it. */
  constructor(budget: WindowBudget, now: number) {
    this.budget = budget;
    this.tuner = new WindowTuner(now);
  }

  get held(): number {
    return this.window.held;
  }

  /** Throws MuxError `protocol` when the peer sends more than it was granted. */
  receive(bytes: number): void {
    this.window.receive(bytes);
  }

  /**
   * Returns the bytes of a WINDOW to send, or 0. Throws MuxError `wrong_state` above what is held. `channelBytes` is
   * the size that the channel's own window has reached: what the path has carried before need not be tried again
   * in steps by each stream.
   */
  consume(bytes: number, now: number, roundTripMs: number | undefined, channelBytes: number): number {
    if (this.state === "released") return 0;
    if (!(bytes >= 0 && bytes <= this.window.held)) {
      throw new MuxError("wrong_state", "consumed more than was delivered");
    }
    this.window.consume(bytes);
    if (this.state === "finished") {
      this.settle();
      return 0;
    }
    const wanted = this.tuner.consumed(bytes, this.target, now, roundTripMs);
    if (wanted > this.target) {
      this.target = Math.min(Math.max(2 * this.target, channelBytes), MAX_STREAM_WINDOW_BYTES);
      this.target = Math.min(this.target, this.growTo(this.target));
    }
    // A message that is coming in needs as much again as has come, or its sender might be left with nothing.
    this.giveBack(this.window.shrink(Math.max(this.target, 2 * this.part)));
    return this.window.grant();
  }

  /** Received bytes that the application never gets: they are no longer held, and nothing is granted for them. */
  discard(bytes: number): void {
    this.window.consume(bytes);
  }

  /** So much of a message has come that cannot be consumed before it is whole; 0 when none is unfinished. */
  setPart(bytes: number): void {
    this.part = bytes;
  }

  /**
   * Makes room for the rest of an unfinished message. Returns the bytes of a WINDOW to send, or 0; undefined when
   * there is no room and the message is stuck.
   */
  admit(): number | undefined {
    // With less than half in parts, what the application consumes is enough to go on with.
    if (this.part * 2 <= this.window.size) return this.window.grant();
    this.growTo(Math.min(2 * this.window.size, MAX_MESSAGE_WINDOW_BYTES));
    // A piece is a byte of flags and at least one of message.
    if (this.window.size - this.part < 2) return undefined;
    return this.window.grantAll();
  }

  /** A WINDOW that was asked for leaves. */
  granted(bytes: number): void {
    this.window.granted(bytes);
  }

  /** The peer will send no more: only what is held stays charged. */
  finish(): void {
    if (this.state !== "open") return;
    this.state = "finished";
    this.settle();
  }

  /** Nothing of it matters any more. */
  release(): void {
    if (this.state === "released") return;
    this.state = "released";
    this.giveBack(this.grown);
    this.budget.release();
  }

  /** Returns the size reached. */
  private growTo(size: number): number {
    const more = size - this.window.size;
    if (more > 0) {
      const granted = this.budget.grow(more);
      this.grown += granted;
      this.window.grow(granted);
    }
    return this.window.size;
  }

  private settle(): void {
    if (this.window.held === 0) this.release();
    else this.giveBack(this.grown - Math.max(0, this.window.held - STREAM_WINDOW_BYTES));
  }

  private giveBack(bytes: number): void {
    if (bytes <= 0) return;
    this.grown -= bytes;
    this.budget.shrink(bytes);
  }
}
