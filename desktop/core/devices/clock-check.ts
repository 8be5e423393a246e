/**
 * Whether this machine's clock can be believed when it says that a device was not used for a month. A clock that is
 * far ahead, for a moment after the start or because somebody set it so, must not make the node forget every device
 * and tell each one to forget the node. Two clocks that agree are believed: this one and the relay's. A relay that lies
 * gets nobody in with it; the most it can do is keep old entries in the list.
 */
import type { Clock } from "../clock.ts";

/** How far the two may be apart, and how far this one may go on between two looks at it. */
export const MAX_CLOCK_DIFFERENCE_MS = 86_400_000;

export interface ClockCheckOptions {
  readonly clock: Clock;
  /** The two have come to differ: this machine is ahead by so many ms. */
  readonly doubtful: (aheadMs: number) => void;
}

export class ClockCheck {
  private readonly options: ClockCheckOptions;
  private agreedAt: number | undefined;
  private hasTold = false;

  constructor(options: ClockCheckOptions) {
    this.options = options;
  }

  /** The relay says what time it is. */
  compare(relayMs: number): void {
    const { clock, doubtful } = this.options;
    const now = clock.now();
    const agrees = Math.abs(now - relayMs) <= MAX_CLOCK_DIFFERENCE_MS;
    this.agreedAt = agrees ? now : undefined;
    // Once, and not with each new connection.
    if (!agrees && !this.hasTold) doubtful(now - relayMs);
    this.hasTold = !agrees;
  }

  /** Ask at least once a day: a clock that went on by more since it was last looked at has to be compared again. */
  isPlausible(): boolean {
    const now = this.options.clock.now();
    const hasAgreed = this.agreedAt !== undefined && Math.abs(now - this.agreedAt) <= MAX_CLOCK_DIFFERENCE_MS;
    this.agreedAt = hasAgreed ? now : undefined;
    return hasAgreed;
  }
}
