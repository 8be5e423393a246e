/**
 * Every way in that a stranger could use (protocol section 2): the link, the typed code, the plaintext code, and the
 * one-time links that paired devices ask for on behalf of a child. They share neither route nor secret. Taking one is
 * one synchronous step. After three typed codes in a row that nobody proved to know, there is none until the owner asks.
 */
import { LINK_SECRET_BYTES } from "#shared/crypto/psk.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import {
  formatTypedCode,
  generateLinkRoute,
  generatePlaintextCode,
  generateTypedCode,
  type RandomBytes,
} from "#shared/protocol/pairing-code.ts";
import type {
  Code,
  CodeEntry,
  CodeRemove,
  Offer,
  OfferEntry,
  Offered,
  OfferRemove,
  Rejected,
} from "#shared/protocol/v2/relay-messages.ts";
import type { Clock } from "../clock.ts";
import { GrantBook, type GrantedOffer } from "./grant-book.ts";
import { OfferSlot, type ShownOffer } from "./offer-slot.ts";

/** Typed codes in a row that were used up by wrong guesses. */
export const MAX_FAILED_GUESSES = 3;

export type OfferMessage = Offer | OfferRemove | Code | CodeRemove;

/** For whom a link was used that a device had asked for. */
export interface TakenGrant {
  readonly parent: string;
  /** It becomes a web app of its. */
  readonly app: boolean;
}

export interface OfferView {
  readonly link?: { readonly route: string; readonly secret: Uint8Array; readonly expiresAt: number };
  /** `RRRR-SSSS`. */
  readonly typed?: { readonly code: string; readonly expiresAt: number };
  /** Too many wrong guesses: no typed code until `newCode`. */
  readonly typedIsPaused: boolean;
  /** `XXXXX-XXXXX` or the fixed code. Not encrypted. */
  readonly plaintext?: { readonly code: string; readonly expiresAt: number };
}

export interface OfferBookOptions {
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly sha256: (data: Uint8Array) => Uint8Array;
  readonly ttlMs: number;
  readonly plaintext: {
    /** Looked at with each connection: it depends on the relay. */
    readonly allowed: () => boolean;
    readonly fixedCode?: string | undefined;
  };
  readonly changed: () => void;
}

export class OfferBook {
  private readonly options: OfferBookOptions;
  private readonly links: OfferSlot<Uint8Array>;
  private readonly typed: OfferSlot<string>;
  private readonly codes: OfferSlot<string>;
  private readonly grants: GrantBook;
  private failedGuesses = 0;
  private send: ((message: OfferMessage) => void) | undefined;

  constructor(options: OfferBookOptions) {
    this.options = options;
    const { clock, ttlMs, randomBytes, changed, plaintext } = options;
    const timing = { clock, ttlMs, changed };
    const routed = {
      announce: (route: string, ttl: number) => this.send?.({ type: "offer", route, ttl }),
      withdraw: (route: string) => this.send?.({ type: "offer_remove", route }),
    };
    this.links = new OfferSlot({
      ...timing,
      ...routed,
      usesAreProven: true,
      make: () => ({ key: generateLinkRoute(randomBytes), secret: randomBytes(LINK_SECRET_BYTES) }),
    });
    this.typed = new OfferSlot({
      ...timing,
      ...routed,
      make: () => {
        if (this.failedGuesses >= MAX_FAILED_GUESSES) return undefined;
        const { route, secret } = generateTypedCode(randomBytes);
        return { key: route, secret };
      },
    });
    this.codes = new OfferSlot({
      ...timing,
      announce: (hash, ttl) => this.send?.({ type: "code", hash, ttl }),
      withdraw: (hash) => this.send?.({ type: "code_remove", hash }),
      isWanted: plaintext.allowed,
      make: () => {
        if (!plaintext.allowed()) return undefined;
        const code = plaintext.fixedCode ?? generatePlaintextCode(randomBytes);
        return { key: this.hash(code), secret: code };
      },
    });
    this.grants = new GrantBook({ clock, ttlMs, randomBytes, ...routed });
  }

  get view(): OfferView {
    const { shown: link } = this.links;
    const { shown: typed } = this.typed;
    const { shown: plaintext } = this.codes;
    const typedCode = typed && formatTypedCode({ route: typed.key, secret: typed.secret });
    return {
      ...(link && { link: { route: link.key, secret: link.secret, expiresAt: link.expiresAt } }),
      ...(typed && typedCode && { typed: { code: typedCode, expiresAt: typed.expiresAt } }),
      typedIsPaused: this.failedGuesses >= MAX_FAILED_GUESSES,
      ...(plaintext && { plaintext: { code: plaintext.secret, expiresAt: plaintext.expiresAt } }),
    };
  }

  // The relay's side.

  /** A connection is about to register: what belongs into the message. Later changes go through `send`. */
  connected(send: (message: OfferMessage) => void): { offers: OfferEntry[]; codes: CodeEntry[] } {
    this.send = undefined;
    const offers = [this.links.registration(), this.typed.registration()]
      .filter((entry) => entry !== undefined)
      .map(({ key, ttlSec }) => ({ route: key, ttl: ttlSec }));
    const code = this.codes.registration();
    this.send = send;
    return {
      offers: [...offers, ...this.grants.registration()],
      codes: code === undefined ? [] : [{ hash: code.key, ttl: code.ttlSec }],
    };
  }

  registered(rejected: readonly Rejected[]): void {
    const errors = new Map(
      rejected.map((entry) => ["route" in entry ? entry.route : entry.hash, entry.error]),
    );
    for (const slot of [this.links, this.typed, this.codes]) {
      const key = slot.pendingKey;
      if (key !== undefined) slot.answered(key, errors.get(key));
    }
    this.grants.registered((route) => errors.get(route));
  }

  offered(answer: Offered): void {
    const key = "route" in answer ? answer.route : answer.hash;
    for (const slot of [this.links, this.typed, this.codes]) slot.answered(key, answer.error);
    this.grants.answered(key, answer.error);
  }

  disconnected(): void {
    this.send = undefined;
    for (const slot of [this.links, this.typed, this.codes]) slot.offline();
    this.grants.offline();
  }

  /**
   * A typed code was sent in the clear, or the relay says so: it is worth nothing any more. False when it was none that
   * is on offer.
   */
  exposed(route: string): boolean {
    return this.typed.consume(route);
  }

  /** The relay says a plaintext code was redeemed. */
  codeUsed(hash: string): void {
    this.codes.consume(hash);
  }

  // The devices' side.

  /** What a route stands for. The route alone proves nothing. */
  kindOf(route: string): "link" | "code" | undefined {
    if (this.typed.find(route) !== undefined) return "code";
    return this.links.find(route) !== undefined || this.grants.find(route) !== undefined ? "link" : undefined;
  }

  /** The secret of a link offer. Consumes nothing. */
  linkSecret(route: string): Uint8Array | undefined {
    return (this.links.find(route) ?? this.grants.find(route))?.secret;
  }

  /** Consumes a link offer: an object for exactly one caller, with who asked for it when a device did. */
  takeLink(route: string): { readonly grant?: TakenGrant } | undefined {
    const granted = this.grants.take(route);
    if (granted !== undefined) return { grant: { parent: granted.parent, app: granted.app } };
    return this.links.consume(route) ? {} : undefined;
  }

  /** Consumes a typed code, and gives its secret to exactly one caller. Counts as a wrong guess until `guessedRight`. */
  takeTyped(route: string): string | undefined {
    const offer: ShownOffer<string> | undefined = this.typed.find(route);
    if (offer === undefined) return undefined;
    // Counted now: guesses that are under way at the same time must not each get a fresh code.
    this.failedGuesses += 1;
    this.typed.consume(route);
    return offer.secret;
  }

  /** Somebody proved to know a typed code. */
  guessedRight(): void {
    const wasPaused = this.failedGuesses >= MAX_FAILED_GUESSES;
    this.failedGuesses = 0;
    if (wasPaused) this.typed.renew();
  }

  /**
   * A one-time link for a child of `parent`, or for a web app of its. `busy` when too many are out, or the relay does
   * not take it.
   */
  grant(parent: string, app = false): Promise<GrantedOffer | "busy"> {
    return this.grants.add(parent, app);
  }

  /** Withdraws what these devices were granted. */
  withdrawGrants(parents: readonly string[]): void {
    this.grants.withdrawFor(parents);
  }

  // The owner's side.

  /** Fresh offers of each kind, and three more guesses. */
  newCode(): void {
    this.failedGuesses = 0;
    for (const slot of [this.links, this.typed, this.codes]) slot.ask();
  }

  stop(): void {
    for (const slot of [this.links, this.typed, this.codes]) slot.stop();
    this.grants.stop();
  }

  private hash(code: string): string {
    return encodeBase64Url(this.options.sha256(new TextEncoder().encode(code)));
  }
}
