/**
 * Keeps one pairing code on offer at a v1 relay (protocol section 1): a fresh one at the start, when one was used,
 * refused or is about to expire. A code is shown only once the relay has taken it. A relay that takes codes and has
 * them used up in a loop, or that refuses them all, gets them ever more slowly.
 *
 * A relay of ours says when a code was used. An older one does not: there, the first request after an offer is taken
 * for the sign that somebody has paired.
 */
import { generatePlaintextCode, type RandomBytes } from "#shared/protocol/pairing-code.ts";
import type { PairOffer, PairOfferAck } from "#shared/protocol/v1/messages.ts";
import type { Cancel, Clock } from "../clock.ts";
import { QuickUses, slower } from "../pairing/quick-uses.ts";

export type OfferEvent =
  /** The relay has taken this code; it can be used for that long. */
  | { readonly kind: "code"; readonly code: string; readonly lifetimeMs: number }
  | { readonly kind: "code_used" }
  | { readonly kind: "code_refused"; readonly error: string; readonly retryMs: number };

export interface PairOffersOptions {
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Offered as it is, always. */
  readonly fixedCode: string | undefined;
  /** How long this node takes a code to live, 30 to 600 s. */
  readonly ttlMs: number;
  readonly send: (offer: PairOffer) => void;
  readonly event: (event: OfferEvent) => void;
}

export interface PairOffers {
  acknowledged(ack: PairOfferAck): void;
  redeemed(): void;
  /** A client's request came. */
  requestArrived(): void;
  stop(): void;
}

const ACK_TIMEOUT_MS = 10_000;
/** A code is renewed this long before it expires, or after nine tenths of a shorter life. */
const RENEW_EARLY_MS = 10_000;
/** Shorter remaining times than this come from a clock that is wrong, not from a relay. */
const MIN_PLAUSIBLE_MS = 5_000;
/** The relay tells whole seconds. */
const WHOLE_SECOND_MS = 1_000;

class Offers implements PairOffers {
  private readonly options: PairOffersOptions;
  private code: { readonly text: string; shownAt: number | undefined } | undefined;
  private relayTells = false;
  private readonly quickUses = new QuickUses();
  private refusals = 0;
  private cancel: Cancel | undefined;

  constructor(options: PairOffersOptions) {
    this.options = options;
  }

  offer(): void {
    const { randomBytes, fixedCode, send } = this.options;
    this.code = { text: fixedCode ?? generatePlaintextCode(randomBytes), shownAt: undefined };
    this.schedule(ACK_TIMEOUT_MS, () => this.refused("no_answer"));
    send({ type: "pair_offer", code: this.code.text, notify: true });
  }

  acknowledged(ack: PairOfferAck): void {
    if (this.code === undefined || this.code.shownAt !== undefined) return;
    if (!ack.ok) {
      this.refused(ack.error);
      return;
    }
    const { clock, event } = this.options;
    this.refusals = 0;
    this.relayTells ||= ack.notify === true;
    this.code.shownAt = clock.now();
    const lifetimeMs = this.lifetime(ack.expires_at * 1000 - clock.now());
    this.schedule(Math.max(lifetimeMs - RENEW_EARLY_MS, lifetimeMs * 0.9), () => this.offer());
    event({ kind: "code", code: this.code.text, lifetimeMs });
  }

  redeemed(): void {
    this.relayTells = true;
    this.used();
  }

  requestArrived(): void {
    if (!this.relayTells) this.used();
  }

  stop(): void {
    this.code = undefined;
    this.cancel?.();
  }

  /** The relay's clock may be wrong, so its word counts only where it is plausible, and never makes a life longer. */
  private lifetime(remainingMs: number): number {
    const { ttlMs } = this.options;
    const isShorter = remainingMs < ttlMs - WHOLE_SECOND_MS;
    return remainingMs >= MIN_PLAUSIBLE_MS && isShorter ? Math.floor(remainingMs) : ttlMs;
  }

  private used(): void {
    const shownAt = this.code?.shownAt;
    if (shownAt === undefined) return;
    const { clock, event } = this.options;
    this.code = undefined;
    const waitMs = this.quickUses.used(clock.now() - shownAt);
    event({ kind: "code_used" });
    if (waitMs === 0) this.offer();
    else this.schedule(waitMs, () => this.offer());
  }

  private refused(error: string): void {
    this.code = undefined;
    const retryMs = slower(this.refusals);
    this.refusals += 1;
    this.schedule(retryMs, () => this.offer());
    this.options.event({ kind: "code_refused", error, retryMs });
  }

  private schedule(ms: number, run: () => void): void {
    this.cancel?.();
    this.cancel = this.options.clock.after(ms, run);
  }
}

/** Starts by offering a code. */
export function offerCodes(options: PairOffersOptions): PairOffers {
  const offers = new Offers(options);
  offers.offer();
  return offers;
}
