/**
 * What a node has registered (protocol section 3): route tokens, offers, plaintext codes. `register` replaces all of
 * it, the other messages change it. What cannot be taken is named, and the rest is taken all the same.
 */
import { decodeBase64Url } from "#shared/protocol/base64url.ts";
import { MAX_OFFER_TTL_SEC } from "#shared/protocol/v2/limits.ts";
import {
  type CodeEntry,
  type OfferEntry,
  RELAY_ERROR,
  type Register,
  type Rejected,
  type RelayErrorCode,
  type Sessions,
} from "#shared/protocol/v2/relay-messages.ts";
import type { RelayState } from "../relay-state.ts";
import type { Devices } from "./devices.ts";

export class Registration {
  private readonly relay: RelayState;
  private readonly nodeId: string;
  private readonly devices: Devices;
  private readonly origin: string;

  constructor(options: { relay: RelayState; nodeId: string; origin: string; devices: Devices }) {
    this.origin = options.origin;
    this.relay = options.relay;
    this.nodeId = options.nodeId;
    this.devices = options.devices;
  }

  replace({ sessions, offers, codes }: Register): Rejected[] {
    this.devices.clear();
    this.relay.routes.removeOthers(this.nodeId, new Set(offers.map(({ route }) => route)));
    this.relay.offers.removeAll(this.nodeId);
    const rejected: Rejected[] = [];
    const note = (name: { route: string } | { hash: string }, error: string | undefined) => {
      if (error !== undefined) rejected.push({ ...name, error });
    };
    for (const entry of sessions) note({ hash: entry.hash }, this.devices.add(entry));
    for (const entry of offers) note({ route: entry.route }, this.offer(entry));
    for (const entry of codes) note({ hash: entry.hash }, this.code(entry));
    return rejected;
  }

  offer({ route, ttl }: OfferEntry): RelayErrorCode | undefined {
    return this.relay.routes.add(this.nodeId, route, offerTtlMs(ttl));
  }

  removeOffer(route: string): void {
    this.relay.routes.remove(this.nodeId, route);
  }

  code({ hash, ttl }: CodeEntry): RelayErrorCode | undefined {
    const refusal = this.relay.offers.add(this.nodeId, digestOf(hash), {
      ttlMs: offerTtlMs(ttl),
      notify: false,
      origin: this.origin,
    });
    if (refusal === undefined) return undefined;
    return refusal === "taken" ? RELAY_ERROR.CODE_IN_USE : RELAY_ERROR.RELAY_FULL;
  }

  /** Has the other instances asked for what was taken here of a `register`; returns all that is rejected. */
  async settle({ offers, codes }: Register, rejected: readonly Rejected[]): Promise<Rejected[]> {
    const names = new Set(rejected.map((entry) => ("route" in entry ? entry.route : entry.hash)));
    const routes = offers.filter(({ route }) => !names.has(route));
    const hashes = codes.filter(({ hash }) => !names.has(hash));
    const answers = await Promise.all([
      ...routes.map(async ({ route }) => ({ name: { route }, error: await this.settleOffer(route) })),
      ...hashes.map(async ({ hash }) => ({ name: { hash }, error: await this.settleCode(hash) })),
    ]);
    const refused = answers.flatMap(({ name, error }) => (error === undefined ? [] : [{ ...name, error }]));
    return [...rejected, ...refused];
  }

  /** Why a route cannot be this node's after all; undefined when it can. */
  async settleOffer(route: string): Promise<RelayErrorCode | undefined> {
    return this.relay.elsewhere?.routes.settle(this.nodeId, route);
  }

  async settleCode(hash: string): Promise<RelayErrorCode | undefined> {
    const taken = await this.relay.elsewhere?.codes.settle(this.nodeId, digestOf(hash));
    return taken === undefined ? undefined : RELAY_ERROR.CODE_IN_USE;
  }

  removeCode(hash: string): void {
    this.relay.offers.remove(this.nodeId, digestOf(hash));
  }

  /** Removes and adds devices; returns the refused additions. */
  changeSessions({ add, remove }: Sessions): Rejected[] {
    this.devices.remove(new Set(remove));
    const rejected: Rejected[] = [];
    for (const entry of add) {
      const error = this.devices.add(entry);
      if (error !== undefined) rejected.push({ hash: entry.hash, error });
    }
    return rejected;
  }
}

function offerTtlMs(ttl: number): number {
  return Math.min(ttl, MAX_OFFER_TTL_SEC) * 1000;
}

/** The decoder has checked that it is one. */
function digestOf(hash: string): Buffer {
  return Buffer.from(decodeBase64Url(hash) ?? []);
}
