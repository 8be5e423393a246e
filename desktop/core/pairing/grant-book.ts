/**
 * One-time links that a paired device asked for (protocol section 5, `grant`): whoever uses one becomes a child of
 * the device that asked. Bounded per device and in all; none is shown on the PC.
 */
import { LINK_SECRET_BYTES } from "#shared/crypto/psk.ts";
import { generateLinkRoute, type RandomBytes } from "#shared/protocol/pairing-code.ts";
import type { OfferEntry } from "#shared/protocol/v2/relay-messages.ts";
import type { Cancel, Clock } from "../clock.ts";

/** With the link and the typed code, what a relay takes of one node (16). */
export const MAX_GRANTS = 12;
export const MAX_GRANTS_PER_DEVICE = 4;

export interface GrantedOffer {
  readonly route: string;
  readonly secret: Uint8Array;
  readonly parent: string;
  /** For a web app. */
  readonly app: boolean;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

interface Grant extends GrantedOffer {
  settle: ((granted: GrantedOffer | "busy") => void) | undefined;
  readonly cancelTimer: Cancel;
}

export interface GrantBookOptions {
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly randomBytes: RandomBytes;
  announce(route: string, ttlSec: number): void;
  withdraw(route: string): void;
}

export class GrantBook {
  private readonly options: GrantBookOptions;
  private readonly grants = new Map<string, Grant>();
  private isOnline = false;

  constructor(options: GrantBookOptions) {
    this.options = options;
  }

  /** Resolves when the relay has taken the offer, or will not. */
  add(parent: string, app: boolean): Promise<GrantedOffer | "busy"> {
    const own = [...this.grants.values()].filter((grant) => grant.parent === parent).length;
    if (!this.isOnline || this.grants.size >= MAX_GRANTS || own >= MAX_GRANTS_PER_DEVICE) {
      return Promise.resolve("busy");
    }
    const { clock, ttlMs, randomBytes } = this.options;
    return new Promise((settle) => {
      const route = generateLinkRoute(randomBytes);
      this.grants.set(route, {
        route,
        secret: randomBytes(LINK_SECRET_BYTES),
        parent,
        app,
        expiresAt: clock.now() + ttlMs,
        settle,
        cancelTimer: clock.after(ttlMs, () => this.drop(route)),
      });
      this.options.announce(route, Math.ceil(ttlMs / 1000));
    });
  }

  find(route: string): GrantedOffer | undefined {
    return this.grants.get(route);
  }

  take(route: string): GrantedOffer | undefined {
    const grant = this.grants.get(route);
    if (grant !== undefined) this.drop(route);
    return grant;
  }

  registration(): OfferEntry[] {
    this.isOnline = true;
    const now = this.options.clock.now();
    return [...this.grants.values()].map(({ route, expiresAt }) => ({
      route,
      ttl: Math.max(1, Math.ceil((expiresAt - now) / 1000)),
    }));
  }

  registered(errorOf: (route: string) => string | undefined): void {
    for (const route of [...this.grants.keys()]) this.answered(route, errorOf(route));
  }

  answered(route: string, error: string | undefined): void {
    const grant = this.grants.get(route);
    if (grant === undefined) return;
    if (error !== undefined) this.drop(route);
    else {
      grant.settle?.(grant);
      grant.settle = undefined;
    }
  }

  offline(): void {
    this.isOnline = false;
  }

  withdrawFor(parents: readonly string[]): void {
    for (const grant of [...this.grants.values()]) if (parents.includes(grant.parent)) this.drop(grant.route);
  }

  stop(): void {
    this.isOnline = false;
    for (const route of [...this.grants.keys()]) this.drop(route);
  }

  private drop(route: string): void {
    const grant = this.grants.get(route);
    if (grant === undefined) return;
    this.grants.delete(route);
    grant.cancelTimer();
    grant.settle?.("busy");
    if (this.isOnline) this.options.withdraw(route);
  }
}
