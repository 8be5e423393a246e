/**
 * The node's clock as the stream layer needs it: it never goes back. The node's own tells wall time, which its owner
 * or a time server may set; a rate limit that saw an hour taken back would refuse everything for that hour.
 */
import type { MuxClock } from "#shared/mux/clock.ts";
import type { Clock } from "../clock.ts";

/** Starts at 0, stands still while the other goes back, and goes on from there. */
export function steadyClock(clock: Clock): MuxClock {
  let elapsed = 0;
  let last = clock.now();
  return {
    now() {
      const now = clock.now();
      elapsed += Math.max(0, now - last);
      last = now;
      return elapsed;
    },
    after: (delayMs, run) => clock.after(delayMs, run),
  };
}
