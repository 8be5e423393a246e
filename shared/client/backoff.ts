/**
 * How long to wait before the next attempt: twice as long after each failure, from half a second to half a minute, and
 * never the same for two devices, so that a relay that comes back is not met by all of them at once.
 */

export const SHORTEST_WAIT_MS = 500;
export const LONGEST_WAIT_MS = 30_000;

export class Backoff {
  private failures = 0;
  private readonly random: () => number;

  /** `random` gives numbers from 0 up to 1. */
  constructor(random: () => number = Math.random) {
    this.random = random;
  }

  /**
   * The next pause in milliseconds. `atLeast` is what the other side asked for; it counts, and the jitter goes on top
   * of it.
   */
  next(atLeast = 0): number {
    const ceiling = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** (this.failures + 1));
    this.failures = Math.min(this.failures + 1, 16);
    // From the half to the whole: jitter without attempts that come at once.
    const wait = Math.max(SHORTEST_WAIT_MS, ceiling * (0.5 + this.random() / 2));
    return atLeast <= wait ? wait : atLeast + this.random() * SHORTEST_WAIT_MS;
  }

  reset(): void {
    this.failures = 0;
  }
}
