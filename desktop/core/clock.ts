/**
 * Time as a capability, so that what waits can be tested without waiting. Milliseconds throughout; `now` is wall
 * time since 1970.
 */

/** Stops a timer. Calling it late or twice does nothing. */
export type Cancel = () => void;

export interface Clock {
  now(): number;
  /** Runs once after `ms`, unless cancelled. */
  after(ms: number, run: () => void): Cancel;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
