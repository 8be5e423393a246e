/** A clock that moves only when a test moves it. Timers run in the order of their time, then of their making. */
import type { Clock } from "../clock.ts";

export interface FakeClock extends Clock {
  /** Moves time on and runs what became due, also timers that those timers set. */
  advance(ms: number): void;
  /** Milliseconds until each waiting timer, soonest first. */
  waiting(): number[];
}

export function fakeClock(start = 1_700_000_000_000): FakeClock {
  let time = start;
  let timers: { at: number; run: () => void }[] = [];
  const due = (until: number) => timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => time,
    after(ms, run) {
      const timer = { at: time + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const until = time + ms;
      for (let next = due(until); next; next = due(until)) {
        const timer = next;
        timers = timers.filter((other) => other !== timer);
        time = Math.max(time, timer.at);
        timer.run();
      }
      time = until;
    },
    waiting: () => timers.map((timer) => timer.at - time).sort((a, b) => a - b),
  };
}
