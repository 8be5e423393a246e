/** What one relay is made of before anybody can reach it: its tables, its sockets, the others of its name, protocol 2. */
import { MAX_OFFERS_PER_NODE } from "#shared/protocol/v2/limits.ts";
import { type AppOrigins, appOrigins } from "./app-origins.ts";
import type { Clock } from "./clock.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { RelayConfig } from "./config.ts";
import type { ClusterMaker } from "./elsewhere/cluster-maker.ts";
import { createElsewhere } from "./elsewhere/elsewhere.ts";
import { serveHandedOver } from "./elsewhere/serve-handed-over.ts";
import { Enrolment } from "./enrolment/enrolment.ts";
import { Hub } from "./hub.ts";
import { HELLOS_PER_MINUTE, NODE_OPENS_BURST } from "./limits.ts";
import type { Log } from "./log.ts";
import { Metrics } from "./metrics/metrics.ts";
import { readingsOf } from "./metrics/readings.ts";
import { Offers } from "./offers.ts";
import { Peers } from "./peers.ts";
import { RateLimit } from "./rate-limit.ts";
import type { RelayState } from "./relay-state.ts";
import { Sessions } from "./sessions.ts";
import { Liveness } from "./v1/liveness.ts";
import { createV2State } from "./v2/create-state.ts";
import { Routes } from "./v2/routes.ts";
import type { V2State } from "./v2/state.ts";

export interface PartsOptions {
  readonly config: RelayConfig;
  readonly log: Log;
  readonly clock: Clock;
  /** Makes the way to the other relays of its name; left out: it is alone. */
  readonly cluster?: ClusterMaker | undefined;
  /** Left out: MAX_UNFINISHED_TOTAL_BYTES. */
  readonly maxUnfinishedBytes?: number;
  /** Left out: HELLOS_PER_MINUTE. */
  readonly hellosPerMinute?: number;
  /** Left out: NODE_OPENS_BURST. */
  readonly nodeOpensBurst?: number;
}

export interface Parts {
  readonly relay: RelayState;
  readonly peers: Peers;
  readonly liveness: Liveness;
  readonly cluster: Cluster | undefined;
  /** Codes that were tried, per address. */
  readonly attempts: RateLimit;
  readonly apps: AppOrigins | undefined;
  /** Undefined where protocol 2 is not served. */
  readonly v2: V2State | undefined;
}

/** `port` is the one that the relay listens on; it is not asked for before. */
export function createParts(
  options: PartsOptions,
  { isDraining, port }: { isDraining: () => boolean; port: () => number },
): Parts {
  const { config, log, clock, maxUnfinishedBytes } = options;
  const metrics = new Metrics();
  const peers = new Peers({
    ...{ clock, metrics, config },
    ...(maxUnfinishedBytes !== undefined && { maxUnfinishedBytes }),
  });
  const liveness = new Liveness(clock);
  const tables = createTables(config, clock);
  const cluster = options.cluster?.({ clock, log, budget: peers.budget });
  const elsewhere =
    cluster &&
    createElsewhere({
      ...{ cluster, clock, tables },
      relay: () => relay,
      serve: (hello, peer) => serveHandedOver(relay, v2)(hello, peer),
      isAlive: (node) => liveness.isAlive(node),
    });
  const enrolment = new Enrolment({ clock, log, key: config.enrollKey, file: config.enrollKeysFile });
  const relay: RelayState = { config, clock, log, enrolment, metrics, ...tables, elsewhere, isDraining };
  const attempts = new RateLimit({ clock, perMinute: config.pairRatePerMinute });
  const apps = appOrigins(config);
  const v2 = createV2State({
    ...{ relay, peers },
    hellosPerMinute: options.hellosPerMinute ?? HELLOS_PER_MINUTE,
    nodeOpensBurst: options.nodeOpensBurst ?? NODE_OPENS_BURST,
    apps: () => apps?.template(port()),
  });
  elsewhere?.rates.share("pair", attempts);
  if (v2 !== undefined) {
    elsewhere?.rates.share("hello", v2.hellos);
    elsewhere?.rates.share("route", v2.routeOpens);
  }
  metrics.observe(readingsOf({ ...tables, peers, isDraining }));
  if (cluster !== undefined) metrics.observeCluster(cluster);
  return { relay, peers, liveness, cluster, attempts, apps, v2 };
}

function createTables(config: RelayConfig, clock: Clock) {
  const hub = new Hub();
  return {
    hub,
    offers: new Offers({ clock }),
    routes: new Routes({ clock, maxPerNode: MAX_OFFERS_PER_NODE }),
    sessions: new Sessions({
      clock,
      ttlSec: config.sessionTtlSec,
      ended: (session) => hub.get(session.nodeId)?.sessionEnded(session),
    }),
  };
}
