/**
 * The routes of encrypted offers (protocol section 2): what a code or a link shows the relay, and which node made it.
 * A live route belongs to one node. One that has gone is remembered for a while, so that a client learns that it came
 * too late; one whose code was shown to the relay never comes back. What has gone takes no room from what lives: a node
 * that makes and withdraws offers without end only makes the relay forget earlier.
 */
import type { Clock } from "../clock.ts";
import { GONE_ROUTE_MS, MAX_GONE_ROUTES, MAX_ROUTES, MIN_SWEEP_MS } from "../limits.ts";

interface Route {
  readonly route: string;
  readonly nodeId: string;
  readonly expiresAt: number;
}

interface GoneRoute {
  readonly since: number;
  readonly exposed: boolean;
}

export type RouteRefusal = "route_taken" | "offer_gone" | "too_many_offers" | "relay_full";

/** Hears which routes are known: on offer, or remembered as gone. */
export interface RouteWatch {
  known(route: string): void;
  forgotten(route: string): void;
}

export type FoundRoute = { readonly nodeId: string } | "offer_gone" | "unknown_route";

export class Routes {
  private readonly clock: Clock;
  private readonly max: number;
  private readonly maxGone: number;
  private readonly maxPerNode: number;
  /** Also those that have expired and were not looked at since. */
  private readonly live = new Map<string, Route>();
  private readonly liveByNode = new Map<string, Set<Route>>();
  /** The one that went first, first. */
  private readonly gone = new Map<string, GoneRoute>();
  private sweptAt = Number.NEGATIVE_INFINITY;
  private watcher: RouteWatch | undefined;

  constructor(options: { clock: Clock; maxPerNode: number; max?: number; maxGone?: number }) {
    this.clock = options.clock;
    this.maxPerNode = options.maxPerNode;
    this.max = options.max ?? MAX_ROUTES;
    this.maxGone = options.maxGone ?? MAX_GONE_ROUTES;
  }

  /** Call before there is any. */
  watch(watcher: RouteWatch): void {
    this.watcher = watcher;
  }

  /** Routes on offer, with those that expired a moment ago. */
  get size(): number {
    return this.live.size;
  }

  /** Offers a route of `nodeId`, or renews it. */
  add(nodeId: string, route: string, ttlMs: number): RouteRefusal | undefined {
    const old = this.liveOne(route);
    if (old !== undefined && old.nodeId !== nodeId) return "route_taken";
    if (this.gone.get(route)?.exposed) return "offer_gone";
    if (old === undefined) {
      const refusal = this.makeRoom(nodeId);
      if (refusal !== undefined) return refusal;
    } else this.unlist(old);
    const entry = { route, nodeId, expiresAt: this.clock.now() + ttlMs };
    const isKnown = this.gone.delete(route) || old !== undefined;
    this.live.set(route, entry);
    const own = this.liveByNode.get(nodeId);
    if (own === undefined) this.liveByNode.set(nodeId, new Set([entry]));
    else own.add(entry);
    if (!isKnown) this.watcher?.known(route);
    return undefined;
  }

  find(route: string): FoundRoute {
    const entry = this.liveOne(route);
    if (entry !== undefined) return { nodeId: entry.nodeId };
    return this.gone.has(route) ? "offer_gone" : "unknown_route";
  }

  /** Withdraws one route of a node. */
  remove(nodeId: string, route: string): void {
    const entry = this.liveOne(route);
    if (entry?.nodeId === nodeId) this.end(entry);
  }

  /** Withdraws every route of a node that is not among `kept`. */
  removeOthers(nodeId: string, kept: ReadonlySet<string>): void {
    for (const entry of this.liveByNode.get(nodeId) ?? []) if (!kept.has(entry.route)) this.end(entry);
  }

  /** The code of this route was shown to the relay: its node, if it was live. It cannot be offered again. */
  expose(route: string): { readonly nodeId: string } | undefined {
    const entry = this.liveOne(route);
    if (entry === undefined) return undefined;
    this.end(entry, true);
    return { nodeId: entry.nodeId };
  }

  /** Takes a route back that was not confirmed, as if it had never been offered. */
  withdraw(nodeId: string, route: string): void {
    const entry = this.live.get(route);
    if (entry?.nodeId !== nodeId) return;
    this.live.delete(route);
    this.unlist(entry);
    this.watcher?.forgotten(route);
  }

  /** Forgets a route for a node elsewhere that offers it. Why not, when another node has it or its code was shown. */
  giveUp(route: string, isOf: (nodeId: string) => boolean): "route_taken" | "offer_gone" | undefined {
    const entry = this.liveOne(route);
    if (entry !== undefined && !isOf(entry.nodeId)) return "route_taken";
    if (this.gone.get(route)?.exposed) return "offer_gone";
    if (entry !== undefined) this.withdraw(entry.nodeId, route);
    else this.forget(route);
    return undefined;
  }

  /** Ends what has expired, and forgets what has been gone for long. */
  sweep(): void {
    this.sweptAt = this.clock.now();
    for (const entry of this.live.values()) if (!this.isLive(entry)) this.end(entry);
    const before = this.sweptAt - GONE_ROUTE_MS;
    for (const [route, { since }] of this.gone) {
      if (since > before) return;
      this.forget(route);
    }
  }

  private makeRoom(nodeId: string): RouteRefusal | undefined {
    for (const entry of this.liveByNode.get(nodeId) ?? []) if (!this.isLive(entry)) this.end(entry);
    if ((this.liveByNode.get(nodeId)?.size ?? 0) >= this.maxPerNode) return "too_many_offers";
    // Looking through all of them for every offer that finds no room would cost more than the offer.
    if (this.live.size >= this.max && this.clock.now() - this.sweptAt >= MIN_SWEEP_MS) this.sweep();
    return this.live.size >= this.max ? "relay_full" : undefined;
  }

  private liveOne(route: string): Route | undefined {
    const entry = this.live.get(route);
    if (entry === undefined || this.isLive(entry)) return entry;
    this.end(entry);
    return undefined;
  }

  private isLive(entry: Route): boolean {
    return entry.expiresAt > this.clock.now();
  }

  private end(entry: Route, exposed = false): void {
    this.live.delete(entry.route);
    this.unlist(entry);
    this.gone.set(entry.route, { since: Math.min(entry.expiresAt, this.clock.now()), exposed });
    if (this.gone.size <= this.maxGone) return;
    const [oldest] = this.gone.keys();
    if (oldest !== undefined) this.forget(oldest);
  }

  private forget(route: string): void {
    if (this.gone.delete(route)) this.watcher?.forgotten(route);
  }

  private unlist(entry: Route): void {
    const own = this.liveByNode.get(entry.nodeId);
    own?.delete(entry);
    if (own?.size === 0) this.liveByNode.delete(entry.nodeId);
  }
}
