/**
 * Asks the PC for a sign of life, end to end, at once and then every few seconds, each time with a deadline. Without
 * it a broken path looks like a quiet one: browsers cannot ping a WebSocket, and a relay's word would prove nothing.
 */
import type { MuxClock } from "#shared/mux/clock.ts";
import type { Muxer } from "#shared/mux/muxer.ts";

/** Between an answer and the next question. Milliseconds. */
export const HEARTBEAT_INTERVAL_MS = 15_000;
/** How long an answer may take. Milliseconds. */
export const HEARTBEAT_DEADLINE_MS = 10_000;
/** The same when the machine has just slept or changed its network, and the path is probably gone. */
export const WAKE_DEADLINE_MS = 4_000;
/** A timer that comes this late means that the machine slept. */
const SLEPT_MS = 5_000;

export interface HeartbeatOptions {
  readonly muxer: Pick<Muxer, "ping">;
  readonly clock: MuxClock;
  /** Wall time in milliseconds: it goes on while a machine sleeps, a monotonic clock may not. */
  readonly now: () => number;
  /** An answer came; `count` is 1 for the first. */
  readonly alive: (count: number) => void;
  /** No answer came in time. Nothing is asked after that. */
  readonly lost: () => void;
}

export class Heartbeat {
  private readonly options: HeartbeatOptions;
  private answers = 0;
  private isStopped = false;
  private cancelNext: () => void = () => undefined;

  constructor(options: HeartbeatOptions) {
    this.options = options;
  }

  start(): void {
    void this.ask(HEARTBEAT_DEADLINE_MS);
  }

  /** Asks now, beside the regular questions: there is a reason for doubt. */
  doubt(): void {
    void this.ask(WAKE_DEADLINE_MS);
  }

  stop(): void {
    this.isStopped = true;
    this.cancelNext();
  }

  private async ask(deadlineMs: number): Promise<void> {
    this.cancelNext();
    const { muxer, alive, lost } = this.options;
    const roundTripMs = await muxer.ping(deadlineMs);
    if (this.isStopped) return;
    if (roundTripMs === undefined) {
      this.stop();
      lost();
      return;
    }
    this.answers += 1;
    alive(this.answers);
    if (!this.isStopped) this.askLater();
  }

  private askLater(): void {
    const { clock, now } = this.options;
    this.cancelNext();
    const due = now() + HEARTBEAT_INTERVAL_MS;
    this.cancelNext = clock.after(HEARTBEAT_INTERVAL_MS, () => {
      void this.ask(now() - due > SLEPT_MS ? WAKE_DEADLINE_MS : HEARTBEAT_DEADLINE_MS);
    });
  }
}
