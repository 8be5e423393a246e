/**
 * The routes of encrypted offers (protocol section 2): what a code or a link shows the relay, and which node made it.
 * A live route belongs to one node. One that has gone is remembered for a while, so that a client learns that it came
 * too late; one whose code was shown to the relay never comes back.
 */
import type { Clock } from "../clock.ts";
import { GONE_ROUTE_MS, MAX_ROUTES } from "../limits.ts";

interface Route {
  readonly route: string;
  readonly nodeId: string;
  expiresAt: number;
  exposed: boolean;
}

export type RouteRefusal = "route_taken" | "offer_gone" | "too_many_offers" | "relay_full";

export type FoundRoute = { readonly nodeId: string } | "offer_gone" | "unknown_route";

export class Routes {
  private readonly clock: Clock;
  private readonly max: number;
  private readonly maxPerNode: number;
  private readonly routes = new Map<string, Route>();
  private readonly liveByNode = new Map<string, Set<Route>>();

  constructor(options: { clock: Clock; maxPerNode: number; max?: number }) {
    this.clock = options.clock;
    this.maxPerNode = options.maxPerNode;
    this.max = options.max ?? MAX_ROUTES;
  }

  /** Offers a route of `nodeId`, or renews it. */
  add(nodeId: string, route: string, ttlMs: number): RouteRefusal | undefined {
    const old = this.routes.get(route);
    if (old !== undefined) {
      if (this.isLive(old) && old.nodeId !== nodeId) return "route_taken";
      if (old.exposed) return "offer_gone";
    }
    const own = this.liveByNode.get(nodeId) ?? new Set();
    for (const entry of own) if (!this.isLive(entry)) own.delete(entry);
    const renewed = old !== undefined && own.has(old);
    if (!renewed && own.size >= this.maxPerNode) return "too_many_offers";
    if (old === undefined && this.routes.size >= this.max) this.sweep();
    if (old === undefined && this.routes.size >= this.max) return "relay_full";
    const entry = { route, nodeId, expiresAt: this.clock.now() + ttlMs, exposed: false };
    if (old !== undefined) this.forget(old);
    this.routes.set(route, entry);
    own.add(entry);
    this.liveByNode.set(nodeId, own);
    return undefined;
  }

  find(route: string): FoundRoute {
    const entry = this.routes.get(route);
    if (entry === undefined) return "unknown_route";
    return this.isLive(entry) ? { nodeId: entry.nodeId } : "offer_gone";
  }

  /** Withdraws one route of a node. */
  remove(nodeId: string, route: string): void {
    const entry = this.routes.get(route);
    if (entry?.nodeId === nodeId) this.end(entry);
  }

  /** Withdraws every route of a node that is not among `kept`. */
  removeOthers(nodeId: string, kept: ReadonlySet<string>): void {
    for (const entry of this.liveByNode.get(nodeId) ?? []) if (!kept.has(entry.route)) this.end(entry);
  }

  /** The code of this route was shown to the relay: its node, if it was live. It cannot be offered again. */
  expose(route: string): { readonly nodeId: string } | undefined {
    const entry = this.routes.get(route);
    if (entry === undefined || !this.isLive(entry)) return undefined;
    entry.exposed = true;
    this.end(entry);
    return { nodeId: entry.nodeId };
  }

  /** Forgets what has been gone for long. */
  sweep(): void {
    const before = this.clock.now() - GONE_ROUTE_MS;
    for (const entry of this.routes.values()) if (entry.expiresAt <= before) this.forget(entry);
  }

  private isLive(entry: Route): boolean {
    return entry.expiresAt > this.clock.now();
  }

  private end(entry: Route): void {
    entry.expiresAt = Math.min(entry.expiresAt, this.clock.now());
    this.unlist(entry);
  }

  private forget(entry: Route): void {
    this.routes.delete(entry.route);
    this.unlist(entry);
  }

  private unlist(entry: Route): void {
    const own = this.liveByNode.get(entry.nodeId);
    own?.delete(entry);
    if (own?.size === 0) this.liveByNode.delete(entry.nodeId);
  }
}
