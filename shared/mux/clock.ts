/** Time, as the stream layer needs it: a seam for tests, and the real thing. */

export interface MuxClock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Runs a function once after a delay; returns how to call it off. */
  after(delayMs: number, run: () => void): () => void;
}

export function systemClock(): MuxClock {
  return {
    now: () => performance.now(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
