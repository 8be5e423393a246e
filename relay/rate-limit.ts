/**
 * Attempts per address and minute. The map is bounded: whoever uses many addresses makes it forget the one heard of
 * longest ago, and never makes it grow; and what is a minute old is forgotten anyway. IPv6 counts per /64.
 */
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
  private readonly maxAddresses: number;
  /** The one heard of longest ago first. */
  private readonly windows = new Map<string, Window>();

  /** `perMinute` 0 allows everything. */
  constructor(options: { clock: Clock; perMinute: number; maxAddresses?: number }) {
    this.clock = options.clock;
    this.perMinute = options.perMinute;
    this.maxAddresses = options.maxAddresses ?? MAX_COUNTED_ADDRESSES;
  }

  /** Counts an attempt. Undefined when it is allowed, else the milliseconds until the next one is. */
  attempt(address: string): number | undefined {
    if (this.perMinute === 0) return undefined;
    const key = addressKey(address);
    const now = this.clock.now();
    const old = this.windows.get(key);
    const isOver = old === undefined || now - old.startedAt >= WINDOW_MS;
    const window = isOver ? { startedAt: now, attempts: 0 } : old;
    this.windows.delete(key);
    this.windows.set(key, window);
    this.forget(now);
    if (window.attempts >= this.perMinute) return window.startedAt + WINDOW_MS - now;
    window.attempts += 1;
    return undefined;
  }

  private forget(now: number): void {
    for (const [key, { startedAt }] of this.windows) {
      if (now - startedAt < WINDOW_MS && this.windows.size <= this.maxAddresses) return;
      this.windows.delete(key);
    }
  }
}
