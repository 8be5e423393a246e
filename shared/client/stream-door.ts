/**
 * Where requests get their streams. When there is a channel with room the stream opens at once and without a promise;
 * otherwise requests queue here, in order and with a deadline, until there is one, or until it is clear that there will
 * be none.
 */
import type { MuxClock } from "#shared/mux/clock.ts";
import type { RequestHead } from "#shared/mux/heads.ts";
import { MuxError } from "#shared/mux/mux-error.ts";
import type { ClientMuxer } from "#shared/mux/muxer.ts";
import type { MuxStream, StreamListener } from "#shared/mux/stream.ts";
import type { Problem } from "./problem.ts";
import { RelayError } from "./relay-error.ts";

/** How long a request waits for a stream when nobody says otherwise. */
const DEFAULT_WAIT_MS = 10_000;
/** Requests that wait; more are turned away at once, so that an absent PC does not fill this one's memory. */
const MAX_WAITING = 1_024;
/** Room that nobody announced (credit that came back) is looked for this often while requests wait. */
const LOOK_INTERVAL_MS = 25;

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for a stream, in milliseconds. */
  readonly waitMs?: number | undefined;
}

/** What requests are made through. */
export interface StreamDoor {
  /**
   * Opens a stream now, or gives undefined when it has to wait.
   * @throws RelayError `bad_request` or `too_large` for a head that cannot be sent.
   */
  tryOpen(head: RequestHead, listener: StreamListener): MuxStream | undefined;
  /** Opens a stream as soon as there is room. Rejects with a RelayError, or with the signal's reason. */
  open(head: RequestHead, listener: StreamListener, options?: WaitOptions): Promise<MuxStream>;
  /** Whoever opened a stream tells that it is over, also from within its last event: somebody may be waiting. */
  released(): void;
  /** Why there is no connection, if there is none. */
  readonly problem: Problem | undefined;
}

interface Waiter {
  readonly head: RequestHead;
  readonly listener: StreamListener;
  resolve(stream: MuxStream): void;
  reject(error: unknown): void;
}

export interface WaitingRoomOptions {
  readonly clock: MuxClock;
  /** The channel that new streams go to, if there is one. */
  readonly current: () => ClientMuxer | undefined;
  /** Why there is no channel. */
  readonly problem: () => Problem | undefined;
}

export class WaitingRoom {
  private readonly options: WaitingRoomOptions;
  private readonly waiting = new Set<Waiter>();
  private isLooking = false;

  constructor(options: WaitingRoomOptions) {
    this.options = options;
  }

  tryOpen(head: RequestHead, listener: StreamListener): MuxStream | undefined {
    // Nobody overtakes those who wait.
    return this.waiting.size > 0 ? undefined : this.openNow(head, listener);
  }

  open(head: RequestHead, listener: StreamListener, options: WaitOptions = {}): Promise<MuxStream> {
    const { signal, waitMs = DEFAULT_WAIT_MS } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const stream = this.tryOpen(head, listener);
      if (stream !== undefined) {
        resolve(stream);
        return;
      }
      if (this.waiting.size >= MAX_WAITING) {
        reject(new RelayError({ code: "refused" }));
        return;
      }
      const leave = () => {
        this.waiting.delete(waiter);
        cancel();
        signal?.removeEventListener("abort", aborted);
      };
      const waiter: Waiter = {
        head,
        listener,
        resolve: (opened) => {
          leave();
          resolve(opened);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      const aborted = () => waiter.reject(signal?.reason);
      const cancel = this.options.clock.after(waitMs, () => waiter.reject(new RelayError(this.why())));
      signal?.addEventListener("abort", aborted);
      this.waiting.add(waiter);
      this.lookLater();
    });
  }

  /** A stream is over, or about to be. */
  released(): void {
    // In a later turn: it counts as open until its listener has returned.
    if (this.waiting.size > 0) queueMicrotask(() => this.admit());
  }

  /** There may be room: lets in whom it holds, in order. */
  admit(): void {
    for (const waiter of this.waiting) {
      try {
        const stream = this.openNow(waiter.head, waiter.listener);
        if (stream === undefined) {
          this.lookLater();
          return;
        }
        waiter.resolve(stream);
      } catch (error) {
        waiter.reject(error);
      }
    }
  }

  /** There will be none. */
  turnAway(problem: Problem): void {
    for (const waiter of this.waiting) waiter.reject(new RelayError(problem));
  }

  private openNow(head: RequestHead, listener: StreamListener): MuxStream | undefined {
    try {
      const stream = this.options.current()?.openStream(head, listener);
      return typeof stream === "string" ? undefined : stream;
    } catch (error) {
      if (!(error instanceof MuxError)) throw error;
      const code = error.code === "head_too_large" ? "too_large" : "bad_request";
      throw new RelayError({ code, detail: error.message }, { cause: error });
    }
  }

  private why(): Problem {
    return this.options.problem() ?? { code: this.options.current() === undefined ? "no_answer" : "refused" };
  }

  private lookLater(): void {
    if (this.isLooking || this.waiting.size === 0 || this.options.current() === undefined) return;
    this.isLooking = true;
    this.options.clock.after(LOOK_INTERVAL_MS, () => {
      this.isLooking = false;
      this.admit();
    });
  }
}
