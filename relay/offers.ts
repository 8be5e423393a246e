/**
 * Plaintext pairing codes that nodes offer (protocol sections 1 and 6), as hashes. A code belongs to the node that
 * offered it first, lives for a while and is taken once, in one step.
 */
import { parsePlaintextCode } from "#shared/protocol/pairing-code.ts";
import type { Clock } from "./clock.ts";
import { DigestTable, type Expiring, sha256 } from "./digest-table.ts";
import { MAX_CODES_PER_NODE, MAX_OFFERS } from "./limits.ts";

export interface CodeOffer extends Expiring {
  readonly nodeId: string;
  /** A v1 node that wants to hear when its code was used. */
  readonly notify: boolean;
  /** From where its node came, as `nodeOrigin` has it. */
  readonly origin: string;
}

/** Another node offers this code, or the relay holds as many as it may. Each protocol has its own words for it. */
export type OfferRefusal = "taken" | "full";

/** Hears which codes are on offer. */
export interface CodeWatch {
  known(digest: Buffer): void;
  forgotten(digest: Buffer): void;
}

export class Offers {
  private readonly clock: Clock;
  private readonly table: DigestTable<CodeOffer>;
  private readonly byNode = new Map<string, Set<CodeOffer>>();
  private watcher: CodeWatch | undefined;

  constructor(options: { clock: Clock; max?: number }) {
    this.clock = options.clock;
    this.table = new DigestTable({
      clock: options.clock,
      max: options.max ?? MAX_OFFERS,
      removed: (offer) => this.unlist(offer),
    });
  }

  /** Call before there is any. */
  watch(watcher: CodeWatch): void {
    this.watcher = watcher;
  }

  get size(): number {
    return this.table.size;
  }

  /** Offers a code of `nodeId` for `ttlMs`; the same node's older offer of it is renewed. */
  add(
    nodeId: string,
    digest: Buffer,
    options: { ttlMs: number; notify: boolean; origin: string },
  ): OfferRefusal | undefined {
    const holder = this.table.get(digest);
    if (holder !== undefined && holder.nodeId !== nodeId) return "taken";
    const { notify, origin, ttlMs } = options;
    const offer = { digest, nodeId, notify, origin, expiresAt: this.clock.now() + ttlMs };
    if (!this.table.set(offer)) return "full";
    let own = this.byNode.get(nodeId);
    if (own === undefined) {
      own = new Set();
      this.byNode.set(nodeId, own);
    }
    own.add(offer);
    this.watcher?.known(digest);
    if (own.size > MAX_CODES_PER_NODE) {
      const [oldest] = own;
      if (oldest !== undefined) this.table.delete(oldest);
    }
    return undefined;
  }

  /** The offer that a typed text means: as it is, without blanks around it, or in our own form put right. */
  find(code: string): CodeOffer | undefined {
    for (const digest of codeDigests(code)) {
      const offer = this.table.get(digest);
      if (offer !== undefined) return offer;
    }
    return undefined;
  }

  /** The offer of a code, by its sha256. */
  get(digest: Buffer): CodeOffer | undefined {
    return this.table.get(digest);
  }

  /** Takes an offer: true for exactly one caller. */
  take(offer: CodeOffer): boolean {
    return offer.expiresAt > this.clock.now() && this.table.delete(offer);
  }

  /** Withdraws one code of a node. */
  remove(nodeId: string, digest: Buffer): void {
    const offer = this.table.get(digest);
    if (offer?.nodeId === nodeId) this.table.delete(offer);
  }

  /** Forgets a code for a node elsewhere that offers it. False when another node has it. */
  giveUp(digest: Buffer, isOf: (nodeId: string) => boolean): boolean {
    const offer = this.table.get(digest);
    if (offer === undefined) return true;
    return isOf(offer.nodeId) && this.table.delete(offer);
  }

  /** Withdraws every code of a node. */
  removeAll(nodeId: string): void {
    for (const offer of this.byNode.get(nodeId) ?? []) this.table.delete(offer);
  }

  sweep(): void {
    this.table.sweep();
  }

  private unlist(offer: CodeOffer): void {
    const own = this.byNode.get(offer.nodeId);
    own?.delete(offer);
    if (own?.size === 0) this.byNode.delete(offer.nodeId);
    this.watcher?.forgotten(offer.digest);
  }
}

/** What a typed text may stand for, as hashes: the text itself, it without blanks around it, and our own form of it. */
export function codeDigests(code: string): Buffer[] {
  const trimmed = code.trim();
  const texts = new Set([code, trimmed, parsePlaintextCode(trimmed) ?? code]);
  return [...texts].map((text) => sha256(text));
}
