/** A token bucket: `burst` at once, `perSecond` in the long run. */
export class RateLimit {
  private readonly burst: number;
  private readonly perSecond: number;
  private tokens: number;
  private filledAt: number;

  constructor(burst: number, perSecond: number, now: number) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.tokens = burst;
    this.filledAt = now;
  }

  /** False when there are not that many left; then none is taken. `now` in milliseconds. */
  take(count: number, now: number): boolean {
    if (this.tokens < count) {
      this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) * this.perSecond) / 1000);
      this.filledAt = now;
      if (this.tokens < count) return false;
    }
    this.tokens -= count;
    return true;
  }
}
