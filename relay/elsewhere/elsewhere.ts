/** What a relay that is one of several has beside what it has alone: built in one place, absent in a relay alone. */
import type { Clock } from "../clock.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { OnlineNode } from "../hub.ts";
import { exposeRoute, type Redeemed } from "../pairing.ts";
import type { RelayState } from "../relay-state.ts";
import { CodePlaces } from "./code-places.ts";
import { NodePlaces, type ServeHandedOver } from "./node-places.ts";
import { RateGossip } from "./rate-gossip.ts";
import { answerRedeem, redeemElsewhere } from "./redeem-elsewhere.ts";
import { RoutePlaces } from "./route-places.ts";
import { SessionReplica } from "./session-replica.ts";

export interface Elsewhere {
  readonly cluster: Cluster;
  readonly nodes: NodePlaces;
  readonly routes: RoutePlaces;
  readonly codes: CodePlaces;
  readonly sessions: SessionReplica;
  readonly rates: RateGossip;
  /** Redeems a code that nobody here offers. */
  redeem(code: string, peer: string): Promise<Redeemed>;
}

export function createElsewhere(options: {
  cluster: Cluster;
  clock: Clock;
  tables: Pick<RelayState, "hub" | "offers" | "routes" | "sessions">;
  /** The relay that these are of; not called before it is there. */
  relay: () => RelayState;
  serve: ServeHandedOver;
  isAlive: (node: OnlineNode) => Promise<boolean>;
}): Elsewhere {
  const { cluster, clock, tables, relay, serve, isAlive } = options;
  const { hub, offers, sessions } = tables;
  const expose = (route: string) => exposeRoute(tables, route);
  const routes = new RoutePlaces({ cluster, routes: tables.routes, serve, expose });
  const moved = (nodeId: string) => {
    tables.routes.removeOthers(nodeId, new Set());
    offers.removeAll(nodeId);
  };
  return {
    cluster,
    routes,
    nodes: new NodePlaces({ cluster, clock, serve, isAlive, moved }),
    codes: new CodePlaces({ cluster, offers, redeem: answerRedeem(relay) }),
    sessions: new SessionReplica({ cluster, clock, sessions, hub }),
    rates: new RateGossip({ cluster, clock }),
    redeem: (code, peer) =>
      redeemElsewhere(cluster, {
        code,
        peer,
        expose: async (route) => expose(route) || routes.exposeElsewhere(route),
      }),
  };
}
