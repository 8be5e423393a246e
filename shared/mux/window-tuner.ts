/**
 * How large a window should be: twice what the path carries in one round trip at the rate that was seen. A window
 * that caps the rate is consumed once per round trip, so the answer is twice its size, and it doubles until it
 * no longer caps; a slow path never gets a large one, so that little waits in front of a small request.
 *
 * It takes the smallest round trip ever measured: later ones include the queue that the window itself allows.
 */

/** Shorter round trips count as this: below, turns of the event loop decide, not the path. */
const SHORTEST_ROUND_MS = 5;

export class WindowTuner {
  private since: number;
  private bytes = 0;

  constructor(now: number) {
    this.since = now;
  }

  /** Counts consumed bytes. Returns the window wanted, once per round trip at most; 0 in between. */
  consumed(bytes: number, now: number, roundTripMs: number | undefined): number {
    this.bytes += bytes;
    if (roundTripMs === undefined) return 0;
    const roundMs = Math.max(roundTripMs, SHORTEST_ROUND_MS);
    const elapsedMs = now - this.since;
    if (elapsedMs < roundMs) return 0;
    const wanted = Math.ceil((2 * this.bytes * roundMs) / elapsedMs);
    this.since = now;
    this.bytes = 0;
    return wanted;
  }
}
