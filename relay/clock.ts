/** Time as the relay sees it: handed in, so that a test decides how much of it passes. */

/** A call that has been put off. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds that only ever rise, whatever happens to the wall clock. Deadlines are counted in it. */
  now(): number;
  /** The wall clock in whole unix seconds, for what is told to peers. */
  unixSeconds(): number;
  /** Calls `run` once, after at least `ms` milliseconds. */
  after(ms: number, run: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  unixSeconds: () => Math.floor(Date.now() / 1000),
  after(ms, run) {
    const timeout = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timeout) };
  },
};
