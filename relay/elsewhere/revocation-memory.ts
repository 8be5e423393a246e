/** Hashes of sessions that were revoked, in hex, for as long as another instance may still tell of them. Bounded. */
import type { Clock } from "../clock.ts";
import { MAX_SESSIONS } from "../limits.ts";
import { MAX_TTL_MS } from "./session-facts.ts";

/** As long as any session lives, for another instance may sleep for hours. */
const REVOKED_MEMORY_MS = MAX_TTL_MS;

export class RevocationMemory {
  private readonly clock: Clock;
  /** When; the first first. */
  private readonly revoked = new Map<string, number>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(hash: string): void {
    this.forgetOld();
    this.revoked.delete(hash);
    this.revoked.set(hash, this.clock.now());
  }

  has(hash: string): boolean {
    this.forgetOld();
    return this.revoked.has(hash);
  }

  all(): string[] {
    this.forgetOld();
    return [...this.revoked.keys()];
  }

  private forgetOld(): void {
    const before = this.clock.now() - REVOKED_MEMORY_MS;
    for (const [hash, at] of this.revoked) {
      if (at >= before && this.revoked.size < MAX_SESSIONS) return;
      this.revoked.delete(hash);
    }
  }
}
