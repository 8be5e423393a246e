/** A clock that stands still until a test moves it, and then calls everything that came due, in order. */
import type { Clock } from "../clock.ts";

interface Due {
  readonly at: number;
  readonly run: () => void;
}

const START_UNIX_SEC = 1_700_000_000;

export class FakeClock implements Clock {
  private time = 0;
  private due = new Set<Due>();

  now(): number {
    return this.time;
  }

  unixSeconds(): number {
    return START_UNIX_SEC + Math.floor(this.time / 1000);
  }

  after(ms: number, run: () => void) {
    const due = { at: this.time + ms, run };
    this.due.add(due);
    return { cancel: () => void this.due.delete(due) };
  }

  /** As a machine that slept: everything that came due is called once, and later than it asked for. */
  jump(ms: number): void {
    this.time += ms;
    const late = [...this.due].filter((due) => due.at <= this.time).sort((a, b) => a.at - b.at);
    for (const due of late) if (this.due.delete(due)) due.run();
  }

  /** Passes through every moment on the way. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = [...this.due].filter((due) => due.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.time = next.at;
      this.due.delete(next);
      next.run();
    }
    this.time = end;
  }
}
