/**
 * How long to wait with the next offer. People use one at a time; a relay that has them used up in a loop gets them
 * ever more slowly, so that it cannot keep the node busy with making them.
 */

/** Uses in quicker succession than this are not a person's. */
const QUICK_USE_MS = 10_000;
const FREE_QUICK_USES = 3;
const SLOWEST_MS = 30_000;

/** One second, then twice as long with each step, up to half a minute. */
export function slower(step: number): number {
  return Math.min(SLOWEST_MS, 1_000 * 2 ** Math.min(step, 10));
}

export class QuickUses {
  private count = 0;

  /** An offer was used up after so long. Returns how long to wait with the next; 0 for not at all. */
  used(afterMs: number): number {
    this.count = afterMs < QUICK_USE_MS ? this.count + 1 : 0;
    return this.count <= FREE_QUICK_USES ? 0 : slower(this.count - FREE_QUICK_USES);
  }

  /** The owner asked for another. */
  forget(): void {
    this.count = 0;
  }
}
