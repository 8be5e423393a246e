/**
 * A clock for whole programs in tests. It goes on like the system's, unless it is held, and beyond that two things happen only
 * when a test says so: the time of day jumps while timers know nothing of it, or time passes and every timer that is due runs.
 */
import type { Cancel, Clock } from "../../desktop/core/clock.ts";

export class ClockInHand implements Clock {
  private offset = 0;
  private passed = 0;
  private readonly timers = new Set<{ readonly due: number; readonly run: () => void }>();
  private readonly isHeld: boolean;
  private readonly began = { day: Date.now(), steady: performance.now() };

  /** `held`: no time passes but what a test lets pass. */
  constructor({ held = false } = {}) {
    this.isHeld = held;
  }

  now(): number {
    return (this.isHeld ? this.began.day : Date.now()) + this.offset;
  }

  after(ms: number, run: () => void): Cancel {
    const timer = { due: this.steady() + ms, run: () => finish() };
    const real = this.isHeld ? undefined : setTimeout(() => finish(), ms);
    const stop = () => {
      clearTimeout(real);
      return this.timers.delete(timer);
    };
    const finish = () => {
      if (stop()) run();
    };
    this.timers.add(timer);
    return () => void stop();
  }

  /** Somebody, or a time server, sets the time of day. */
  jump(ms: number): void {
    this.offset += ms;
  }

  /** Time passes: timers run in their order, those too that are set meanwhile. */
  pass(ms: number): void {
    this.offset += ms;
    const end = this.steady() + ms;
    this.passed += ms;
    for (;;) {
      const [next] = [...this.timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) return;
      next.run();
    }
  }

  private steady(): number {
    return (this.isHeld ? this.began.steady : performance.now()) + this.passed;
  }
}
