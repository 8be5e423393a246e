/**
 * Attempts per address, over all instances: each counts its own, tells them in batches, and adds what the others tell.
 * So a limit is exceeded at the most by what happens in the moment of a batch, and not as many times as there are
 * instances. Addresses travel as hashes.
 */
import { isFields } from "#shared/protocol/json-fields.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { RateLimit } from "../rate-limit.ts";

const BATCH_MS = 100;
/** Addresses in one message. */
const ADDRESSES_PER_MESSAGE = 2_000;
/** More than any limit: what is beyond it changes nothing. */
const MAX_ATTEMPTS = 1_000_000;

/** Which attempts. */
export type CountedName = "pair" | "hello" | "route";

export class RateGossip {
  private readonly cluster: Cluster;
  private readonly clock: Clock;
  private readonly limits = new Map<string, RateLimit>();
  /** By limit and address: not told yet. */
  private untold = new Map<string, Map<string, number>>();
  private timer: Timer | undefined;

  constructor(options: { cluster: Cluster; clock: Clock }) {
    this.cluster = options.cluster;
    this.clock = options.clock;
    this.cluster.listen("attempts", (message) => this.heard(message));
  }

  /** Shares the counts of `limit` with the limit of this name at the other instances. */
  share(name: CountedName, limit: RateLimit): void {
    this.limits.set(name, limit);
    limit.watch((key) => this.count(name, key));
  }

  stop(): void {
    this.timer?.cancel();
  }

  private count(name: CountedName, key: string): void {
    let counts = this.untold.get(name);
    if (counts === undefined) {
      counts = new Map();
      this.untold.set(name, counts);
    }
    counts.set(key, (counts.get(key) ?? 0) + 1);
    this.timer ??= this.clock.after(BATCH_MS, () => this.tell());
  }

  private tell(): void {
    this.timer = undefined;
    const { untold } = this;
    this.untold = new Map();
    for (const [name, counts] of untold) {
      const entries = [...counts];
      for (let index = 0; index < entries.length; index += ADDRESSES_PER_MESSAGE) {
        this.cluster.tell("attempts", { name, counts: entries.slice(index, index + ADDRESSES_PER_MESSAGE) });
      }
    }
  }

  private heard(message: unknown): void {
    if (!isFields(message) || typeof message.name !== "string" || !Array.isArray(message.counts)) return;
    const limit = this.limits.get(message.name);
    for (const entry of message.counts as unknown[]) {
      if (!Array.isArray(entry)) continue;
      const [key, attempts] = entry as unknown[];
      if (typeof key !== "string" || !/^[\w-]{22}$/.test(key)) continue;
      if (typeof attempts !== "number" || !(attempts > 0 && attempts <= MAX_ATTEMPTS)) continue;
      limit?.add(key, Math.floor(attempts));
    }
  }
}
