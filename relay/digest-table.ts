/**
 * A bounded, expiring map keyed by the sha256 of a secret. The secret itself is never kept. Finding an entry by the
 * first half of its digest is a plain map lookup; the whole digest is compared in constant time.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "./clock.ts";
import { MIN_SWEEP_MS } from "./limits.ts";

export interface Expiring {
  readonly digest: Buffer;
  /** On the clock's `now()`. */
  readonly expiresAt: number;
}

/** sha256 of a text in UTF-8, or of bytes. */
export function sha256(secret: string | Uint8Array): Buffer {
  return createHash("sha256").update(secret).digest();
}

const KEY_BYTES = 16;

function keyOf(digest: Buffer): string {
  return digest.toString("latin1", 0, KEY_BYTES);
}

export class DigestTable<Entry extends Expiring> {
  private readonly entries = new Map<string, Entry>();
  private readonly clock: Clock;
  private readonly max: number;
  private readonly removed: (entry: Entry) => void;
  private sweptAt = Number.NEGATIVE_INFINITY;

  /** `removed` hears of every entry that leaves, whether taken, replaced or expired. */
  constructor(options: { clock: Clock; max: number; removed: (entry: Entry) => void }) {
    this.clock = options.clock;
    this.max = options.max;
    this.removed = options.removed;
  }

  get size(): number {
    return this.entries.size;
  }

  /** The live entry for a digest. */
  get(digest: Buffer): Entry | undefined {
    const entry = this.entries.get(keyOf(digest));
    if (entry === undefined || !timingSafeEqual(entry.digest, digest)) return undefined;
    if (entry.expiresAt > this.clock.now()) return entry;
    this.delete(entry);
    return undefined;
  }

  /** Every entry, expired ones too. Entries may be deleted on the way. */
  values(): Iterable<Entry> {
    return this.entries.values();
  }

  /** Adds or replaces an entry. False when the table is full of live ones: nothing has changed then. */
  set(entry: Entry): boolean {
    const key = keyOf(entry.digest);
    const old = this.entries.get(key);
    if (old !== undefined) this.delete(old);
    else if (this.entries.size >= this.max) {
      // Looking through all of them for every entry that finds no room would cost more than the entry.
      if (this.clock.now() - this.sweptAt >= MIN_SWEEP_MS) this.sweep();
      if (this.entries.size >= this.max) return false;
    }
    this.entries.set(key, entry);
    return true;
  }

  /** Removes this very entry; another one that took its place stays. */
  delete(entry: Entry): boolean {
    const key = keyOf(entry.digest);
    if (this.entries.get(key) !== entry) return false;
    this.entries.delete(key);
    this.removed(entry);
    return true;
  }

  /** Removes everything that has expired. */
  sweep(): void {
    const now = this.clock.now();
    this.sweptAt = now;
    for (const entry of this.entries.values()) if (entry.expiresAt <= now) this.delete(entry);
  }
}
