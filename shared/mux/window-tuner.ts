/**
 * How large a window should be: twice what the path carries in one round trip at the rate that was seen. A window
 * that caps the rate is consumed once per round trip, so the answer is twice its size, and it doubles each round
 * trip until it no longer caps; a slow path never gets a large one, so that little waits in front of a small request.
 *
 * It takes the smallest round trip ever measured: later ones include the queue that the window itself allows. And it
 * looks whenever a whole window has been consumed, not after a fixed time: what comes back in one burst a moment
 * before the round trip is over would otherwise count only at the next one.
 */

/** Shorter round trips count as this: below, turns of the event loop decide, not the path. */
const SHORTEST_ROUND_MS = 5;

export class WindowTuner {
  private since: number;
  private bytes = 0;

  constructor(now: number) {
    this.since = now;
  }

  /**
   * Counts consumed bytes of a window of `size`. Returns the window wanted, once for each window consumed; 0 in
   * between, and while the round trip is unknown.
   */
  consumed(bytes: number, size: number, now: number, roundTripMs: number | undefined): number {
    this.bytes += bytes;
    const elapsedMs = now - this.since;
    if (roundTripMs === undefined || this.bytes < size || elapsedMs <= 0) return 0;
    const roundMs = Math.max(roundTripMs, SHORTEST_ROUND_MS);
    const wanted = Math.ceil((2 * this.bytes * roundMs) / elapsedMs);
    this.since = now;
    this.bytes = 0;
    return wanted;
  }
}
