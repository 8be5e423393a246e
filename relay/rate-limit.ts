/**
 * Attempts per address and minute. The map is bounded: whoever uses many addresses makes it forget the one heard of
 * longest ago, and never makes it grow; and what is a minute old is forgotten anyway. IPv6 counts per /64.
 */
import { createHash } from "node:crypto";
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
  private counted: ((key: string) => void) | undefined;

  /** `perMinute` 0 allows everything. */
  constructor(options: { clock: Clock; perMinute: number; maxAddresses?: number }) {
    this.clock = options.clock;
    this.perMinute = options.perMinute;
    this.maxAddresses = options.maxAddresses ?? MAX_COUNTED_ADDRESSES;
  }

  /** Tells `counted` of each attempt that is allowed. From then on addresses are kept as hashes; call it before any. */
  watch(counted: (key: string) => void): void {
    this.counted = counted;
  }

  /** Counts an attempt. Undefined when it is allowed, else the milliseconds until the next one is. */
  attempt(address: string): number | undefined {
    if (this.perMinute === 0) return undefined;
    const key = this.counted === undefined ? addressKey(address) : hashed(addressKey(address));
    const window = this.window(key);
    if (window.attempts >= this.perMinute) return window.startedAt + WINDOW_MS - this.clock.now();
    window.attempts += 1;
    this.counted?.(key);
    return undefined;
  }

  /** Adds attempts that another relay counted under a key as it was told here. */
  add(key: string, attempts: number): void {
    if (this.perMinute > 0) this.window(key).attempts += attempts;
  }

  /** The window that counts now. */
  private window(key: string): Window {
    const now = this.clock.now();
    const old = this.windows.get(key);
    const isOver = old === undefined || now - old.startedAt >= WINDOW_MS;
    const window = isOver ? { startedAt: now, attempts: 0 } : old;
    this.windows.delete(key);
    this.windows.set(key, window);
    this.forget(now);
    return window;
  }

  private forget(now: number): void {
    for (const [key, { startedAt }] of this.windows) {
      if (now - startedAt < WINDOW_MS && this.windows.size <= this.maxAddresses) return;
      this.windows.delete(key);
    }
  }
}

/** 16 bytes of it, in 22 characters. */
function hashed(key: string): string {
  return createHash("sha256").update(key).digest().toString("base64url", 0, 16);
}
