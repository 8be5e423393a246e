/**
 * Attempts per address and minute. The map is bounded: whoever uses many addresses makes it forget the oldest, and
 * never makes it grow. IPv6 counts per /64.
 */
import { LRUCache } from "lru-cache";
import { addressKey } from "./client-address.ts";
import type { Clock } from "./clock.ts";
import { MAX_COUNTED_ADDRESSES } from "./limits.ts";

const WINDOW_MS = 60_000;

interface Window {
  readonly startedAt: number;
  attempts: number;
}

export class RateLimit {
  private readonly clock: Clock;
  private readonly perMinute: number;
  private readonly windows: LRUCache<string, Window>;

  /** `perMinute` 0 allows everything. */
  constructor(options: { clock: Clock; perMinute: number; maxAddresses?: number }) {
    this.clock = options.clock;
    this.perMinute = options.perMinute;
    this.windows = new LRUCache({ max: options.maxAddresses ?? MAX_COUNTED_ADDRESSES });
  }

  /** Counts an attempt. Undefined when it is allowed, else the milliseconds until the next one is. */
  attempt(address: string): number | undefined {
    if (this.perMinute === 0) return undefined;
    const key = addressKey(address);
    const now = this.clock.now();
    const window = this.windows.get(key);
    if (window === undefined || now - window.startedAt >= WINDOW_MS) {
      this.windows.set(key, { startedAt: now, attempts: 1 });
      return undefined;
    }
    if (window.attempts >= this.perMinute) return window.startedAt + WINDOW_MS - now;
    window.attempts += 1;
    return undefined;
  }
}
