/** Where the gauges' numbers are in a running relay. */
import type { Hub } from "../hub.ts";
import type { Offers } from "../offers.ts";
import type { Peers } from "../peers.ts";
import type { Sessions } from "../sessions.ts";
import type { Routes } from "../v2/routes.ts";
import type { Readings } from "./metrics.ts";

export function readingsOf(relay: {
  readonly hub: Hub;
  readonly peers: Peers;
  readonly sessions: Sessions;
  readonly offers: Offers;
  readonly routes: Routes;
  readonly isDraining: () => boolean;
}): Readings {
  const { hub, peers, sessions, offers, routes, isDraining } = relay;
  return {
    nodes: (version) => hub.count(version),
    sockets: () => peers.all.size,
    sessions: () => sessions.size,
    offers: () => offers.size + routes.size,
    queuedBytes: () => peers.budget.queuedBytes,
    unfinishedBytes: () => peers.intakeBudget.heldBytes,
    traffic: () => peers.traffic(),
    isDraining,
  };
}
