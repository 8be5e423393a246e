/**
 * One kind of offer at a time: made fresh, told to the relay, shown only once the relay has taken it, replaced when
 * it is used, burnt or expired. It knows nothing of what the secret is for. While the node is offline nothing is
 * shown; an offer that is still good comes back when the node does.
 */
import type { Cancel, Clock } from "../clock.ts";
import { QuickUses } from "./quick-uses.ts";

/** What the relay knows an offer by, and what it does not know. */
interface SlotOffer<Secret> {
  /** A route, or the hash of a plaintext code. */
  readonly key: string;
  readonly secret: Secret;
}

export interface ShownOffer<Secret> extends SlotOffer<Secret> {
  /** Milliseconds since 1970, by this machine's clock. */
  readonly expiresAt: number;
}

export interface SlotOptions<Secret> {
  readonly clock: Clock;
  readonly ttlMs: number;
  /** Only who knows the secret can use this offer up: a relay cannot, and quick uses are devices that were paired. */
  readonly usesAreProven?: boolean;
  /** Looked at with each connection; false withdraws what is there. */
  readonly isWanted?: () => boolean;
  /** Makes a fresh offer; undefined while none may be shown. */
  make(): SlotOffer<Secret> | undefined;
  /** Tells the relay, when there is one. `ttlSec` is whole seconds. */
  announce(key: string, ttlSec: number): void;
  withdraw(key: string): void;
  /** What `shown` says has changed. */
  changed(): void;
}

/** An offer with less time left is not worth carrying over to a new connection. */
const MIN_CARRIED_MS = 15_000;
/** After this many refusals in a row the next attempt waits: a relay that takes nothing must not spin the node. */
const EAGER_ATTEMPTS = 8;
const RETRY_MS = 10_000;

export class OfferSlot<Secret> {
  private readonly options: SlotOptions<Secret>;
  private current: (ShownOffer<Secret> & { isTaken: boolean }) | undefined;
  private isOnline = false;
  private refusals = 0;
  private readonly quickUses = new QuickUses();
  /** There is no offer before that: earlier ones were used up too quickly. */
  private pausedUntil = 0;
  private cancelTimer: Cancel | undefined;

  constructor(options: SlotOptions<Secret>) {
    this.options = options;
  }

  /** The offer people may use now. */
  get shown(): ShownOffer<Secret> | undefined {
    return this.isOnline && this.current?.isTaken ? this.current : undefined;
  }

  /** The key that waits for the relay's answer. */
  get pendingKey(): string | undefined {
    return this.current?.isTaken === false ? this.current.key : undefined;
  }

  /** The offer behind a key, when it may be used. */
  find(key: string): ShownOffer<Secret> | undefined {
    const offer = this.current;
    return offer?.key === key && offer.expiresAt > this.options.clock.now() ? offer : undefined;
  }

  /** Begins a connection: what belongs into `register`, and not yet shown. */
  registration(): { key: string; ttlSec: number } | undefined {
    this.isOnline = true;
    this.refusals = 0;
    const { clock, ttlMs, isWanted = () => true } = this.options;
    if (!isWanted()) {
      this.stop();
      return undefined;
    }
    // A timer goes on; a new connection makes nothing sooner.
    if (clock.now() < this.pausedUntil) return undefined;
    if (
      this.current === undefined ||
      this.current.expiresAt - clock.now() < Math.min(MIN_CARRIED_MS, ttlMs)
    ) {
      this.place();
    }
    if (this.current === undefined) return undefined;
    this.current.isTaken = false;
    return { key: this.current.key, ttlSec: this.secondsLeft(this.current.expiresAt) };
  }

  /** The relay's answer to `register` or `offer`. */
  answered(key: string, error: string | undefined): void {
    const offer = this.current;
    if (offer === undefined || offer.key !== key || offer.isTaken) return;
    if (error === undefined) {
      this.refusals = 0;
      offer.isTaken = true;
      this.options.changed();
      return;
    }
    this.refusals += 1;
    if (this.refusals < EAGER_ATTEMPTS) this.renew();
    else this.wait(RETRY_MS);
  }

  offline(): void {
    const wasShown = this.shown !== undefined;
    this.isOnline = false;
    if (wasShown) this.options.changed();
  }

  /**
   * The offer with this key is used up; a fresh one takes its place, later when several were used up at once. False
   * when it is not there any more.
   */
  consume(key: string): boolean {
    const offer = this.find(key);
    if (offer === undefined) return false;
    const { clock, ttlMs, usesAreProven = false, withdraw, changed } = this.options;
    const waitMs = usesAreProven ? 0 : this.quickUses.used(clock.now() - (offer.expiresAt - ttlMs));
    if (waitMs === 0) {
      this.renew();
      return true;
    }
    this.current = undefined;
    this.pausedUntil = clock.now() + waitMs;
    this.wait(waitMs);
    if (this.isOnline) withdraw(key);
    changed();
    return true;
  }

  /** The owner wants another, now. */
  ask(): void {
    this.quickUses.forget();
    this.renew();
  }

  /** Replaces the offer, whatever state it is in. */
  renew(): void {
    const old = this.current;
    this.place();
    if (this.isOnline) {
      if (old !== undefined && old.key !== this.current?.key) this.options.withdraw(old.key);
      if (this.current !== undefined) {
        this.options.announce(this.current.key, this.secondsLeft(this.current.expiresAt));
      }
    }
    this.options.changed();
  }

  stop(): void {
    this.cancelTimer?.();
    this.current = undefined;
  }

  private place(): void {
    this.cancelTimer?.();
    this.pausedUntil = 0;
    const { clock, ttlMs } = this.options;
    const made = this.options.make();
    this.current = made && { ...made, expiresAt: clock.now() + ttlMs, isTaken: false };
    if (made !== undefined) this.wait(ttlMs);
  }

  private wait(ms: number): void {
    this.cancelTimer?.();
    this.cancelTimer = this.options.clock.after(ms, () => this.renew());
  }

  private secondsLeft(expiresAt: number): number {
    return Math.max(1, Math.ceil((expiresAt - this.options.clock.now()) / 1000));
  }
}
