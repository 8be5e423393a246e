/** Something done every so often, until it is cancelled. */
import type { Cancel, Clock } from "../core/clock.ts";

export function repeat(clock: Clock, ms: number, run: () => void): Cancel {
  let cancel = clock.after(ms, tick);
  function tick(): void {
    cancel = clock.after(ms, tick);
    run();
  }
  return () => cancel();
}
