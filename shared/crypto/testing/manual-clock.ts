/** Time that a test moves by hand. */
import type { DelayClock } from "../frame-inbox.ts";

export class ManualClock implements DelayClock {
  private now = 0;
  private readonly timers = new Set<{ due: number; run: () => void }>();

  after(delayMs: number, run: () => void): () => void {
    const timer = { due: this.now + delayMs, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** How many delays have neither passed nor been called off. */
  get pending(): number {
    return this.timers.size;
  }

  advance(ms: number): void {
    this.now += ms;
    for (const timer of this.timers) {
      if (timer.due > this.now) continue;
      this.timers.delete(timer);
      timer.run();
    }
  }
}
