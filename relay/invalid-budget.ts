/** How many useless messages a socket may send: a slip is answered by name, a flood ends the socket. */
import type { Clock } from "./clock.ts";
import { MAX_INVALID_PER_MINUTE } from "./limits.ts";

const WINDOW_MS = 60_000;

export class InvalidBudget {
  private readonly clock: Clock;
  private startedAt = Number.NEGATIVE_INFINITY;
  private count = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Counts one. False when it is one too many. */
  spend(): boolean {
    const now = this.clock.now();
    if (now - this.startedAt >= WINDOW_MS) {
      this.startedAt = now;
      this.count = 0;
    }
    this.count += 1;
    return this.count <= MAX_INVALID_PER_MINUTE;
  }
}
