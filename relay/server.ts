/**
 * One relay, put together: tables, HTTP server, sockets, heartbeat. Nothing happens before `listen`, and after `close`
 * nothing is left. It keeps no state outside this process.
 */
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { MAX_OFFERS_PER_NODE } from "#shared/protocol/v2/limits.ts";
import { createAdminServer } from "./admin/admin-server.ts";
import { servesName } from "./admin/serves-name.ts";
import { createApp } from "./app.ts";
import { appOrigins } from "./app-origins.ts";
import type { Clock, Timer } from "./clock.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { RelayConfig } from "./config.ts";
import type { ClusterMaker } from "./elsewhere/cluster-maker.ts";
import { createElsewhere } from "./elsewhere/elsewhere.ts";
import { serveHandedOver } from "./elsewhere/serve-handed-over.ts";
import { Enrolment } from "./enrolment/enrolment.ts";
import { createHttpServer } from "./http-server.ts";
import { Hub } from "./hub.ts";
import {
  DEVICE_OPENS_PER_MINUTE,
  HELLOS_PER_MINUTE,
  NODE_OPENS_BURST,
  UPGRADES_PER_MINUTE,
} from "./limits.ts";
import { listenOn, portOf } from "./listening.ts";
import type { Log } from "./log.ts";
import { Metrics } from "./metrics/metrics.ts";
import { readingsOf } from "./metrics/readings.ts";
import { Offers } from "./offers.ts";
import { OrdinaryHttp, wantsWebSocket } from "./ordinary-http.ts";
import { Peers } from "./peers.ts";
import { ProbationRegister } from "./probation.ts";
import { RateLimit } from "./rate-limit.ts";
import type { RelayState } from "./relay-state.ts";
import { Sessions } from "./sessions.ts";
import { sayFarewell } from "./shutdown.ts";
import { Upgrade } from "./upgrade.ts";
import { V1Acceptor } from "./v1/accept.ts";
import { Liveness } from "./v1/liveness.ts";
import { V2Acceptor } from "./v2/accept.ts";
import { DeviceCount } from "./v2/devices.ts";
import { NodeClaims } from "./v2/node-claims.ts";
import { Routes } from "./v2/routes.ts";
import { servedHost } from "./v2/served-host.ts";
import type { V2State } from "./v2/state.ts";
import type { WebFiles } from "./web-files.ts";

const SWEEP_MS = 1_000;

export interface Relay {
  /** Starts to listen; rejects when the address cannot be had, or a file that it needs cannot be read. */
  listen(): Promise<{ readonly port: number; readonly adminPort?: number }>;
  /** Ends everything, at the latest after SHUTDOWN_MS. Repeating it waits for the same end. */
  close(): Promise<void>;
  /** What this relay keeps, for tests that look for what it must not keep. */
  readonly state: RelayState;
  /** Bytes that wait to be sent, over all sockets. */
  queuedBytes(): number;
  /** Bytes of messages that are not whole yet, over all sockets, as far as they count. */
  unfinishedBytes(): number;
}

export function createRelay(options: {
  config: RelayConfig;
  log: Log;
  clock: Clock;
  /** Makes the way to the other relays of its name; left out: it is alone. */
  cluster?: ClusterMaker | undefined;
  /** The pages it serves; left out: none. */
  web?: WebFiles;
  /** Left out: HELLOS_PER_MINUTE. */
  hellosPerMinute?: number;
  /** Left out: MAX_UNFINISHED_TOTAL_BYTES. */
  maxUnfinishedBytes?: number;
  /** Left out: UPGRADES_PER_MINUTE, NODE_OPENS_BURST, REQUEST_TIMEOUT_MS and STANDSTILL_MS. */
  upgradesPerMinute?: number;
  nodeOpensBurst?: number;
  requestTimeoutMs?: number;
  standstillMs?: number;
}): Relay {
  const { config, log, clock, maxUnfinishedBytes } = options;
  const hub = new Hub();
  const offers = new Offers({ clock });
  const routes = new Routes({ clock, maxPerNode: MAX_OFFERS_PER_NODE });
  const sessions = new Sessions({
    clock,
    ttlSec: config.sessionTtlSec,
    ended: (session) => hub.get(session.nodeId)?.sessionEnded(session),
  });
  const enrolment = new Enrolment({ clock, log, key: config.enrollKey, file: config.enrollKeysFile });
  const metrics = new Metrics();
  let draining = false;
  const isDraining = () => draining;
  const peers = new Peers({
    ...{ clock, metrics, config },
    ...(maxUnfinishedBytes !== undefined && { maxUnfinishedBytes }),
  });
  const liveness = new Liveness(clock);
  const cluster = options.cluster?.({ clock, log, budget: peers.budget });
  const elsewhere =
    cluster &&
    createElsewhere({
      ...{ cluster, clock },
      tables: { hub, offers, routes, sessions },
      relay: () => relay,
      serve: (hello, peer) => serveHandedOver(relay, v2)(hello, peer),
      isAlive: (node) => liveness.isAlive(node),
    });
  const relay: RelayState = {
    ...{ config, clock, log, enrolment, metrics, hub, offers, routes, sessions, elsewhere },
    isDraining,
  };
  const attempts = new RateLimit({ clock, perMinute: config.pairRatePerMinute });
  elsewhere?.rates.share("pair", attempts);
  const unproven = new ProbationRegister();
  const apps = appOrigins(config);
  const v2 = v2State(relay, peers, {
    hellosPerMinute: options.hellosPerMinute ?? HELLOS_PER_MINUTE,
    nodeOpensBurst: options.nodeOpensBurst ?? NODE_OPENS_BURST,
    apps: () => apps?.template(portOf(server)),
  });
  if (v2 !== undefined) {
    elsewhere?.rates.share("hello", v2.hellos);
    elsewhere?.rates.share("route", v2.routeOpens);
  }
  const upgrade = new Upgrade({
    relay,
    peers,
    unproven,
    attempts: new RateLimit({ clock, perMinute: options.upgradesPerMinute ?? UPGRADES_PER_MINUTE }),
    v1: new V1Acceptor({ relay, peers, unproven, liveness }),
    v2: v2 && new V2Acceptor({ v2, unproven }),
  });
  metrics.observe(readingsOf({ hub, peers, sessions, offers, routes, isDraining }));
  if (cluster !== undefined) metrics.observeCluster(cluster);
  const app = createApp({ relay, attempts, isDraining, web: options.web });
  const { requestTimeoutMs, standstillMs } = options;
  const http = createHttpServer({
    ...{ config, clock, log, metrics },
    answer: app.callback(),
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
    ...(standstillMs !== undefined && { standstillMs }),
  });
  const { server } = http;
  const ordinary = new OrdinaryHttp(server);
  server.on("upgrade", (request, stream, head) => {
    if (!wantsWebSocket(request)) ordinary.answer(request, stream, head);
    else if (draining) stream.destroy();
    else upgrade.handle(request, stream, head);
  });
  let isListening = false;
  const admin = createAdminServer({
    metrics,
    isReady: () => isListening && !draining && cluster?.isConnected !== false,
    servesName: (name) => servesName({ config, apps, hub, elsewhere }, name),
  });
  const startAdmin = async () => {
    const { adminHost, adminPort } = config;
    if (adminPort === undefined) return undefined;
    metrics.observeProcess();
    return admin.listen(adminHost, adminPort);
  };
  let sweeper: Timer | undefined;
  const sweep = () => {
    offers.sweep();
    routes.sweep();
    sessions.sweep();
    sweeper = clock.after(SWEEP_MS, sweep);
  };
  let closing: Promise<void> | undefined;
  const close = async () => {
    draining = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await sayFarewell({ clock, peers: peers.all, pending: () => hub.pending() });
    elsewhere?.rates.stop();
    await cluster?.stop();
    peers.stop();
    enrolment.stop();
    http.stop();
    sweeper?.cancel();
    server.closeAllConnections();
    await closed;
    await admin.close();
  };
  return {
    state: relay,
    queuedBytes: () => peers.budget.queuedBytes,
    unfinishedBytes: () => peers.intakeBudget.heldBytes,
    async listen() {
      await enrolment.start();
      await http.prepare();
      await startCluster(cluster, log);
      const { host, port } = config;
      const admin = await startAdmin();
      const listening = await listenOn(server, { host, port, variable: "ORA_RELAY_PORT" }).catch(
        async (error: unknown) => {
          await cluster?.stop();
          throw error;
        },
      );
      isListening = true;
      peers.start();
      sweep();
      return { port: listening, ...(admin !== undefined && { adminPort: admin }) };
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** A bus that is away keeps nobody from being served here. */
async function startCluster(cluster: Cluster | undefined, log: Log): Promise<void> {
  if (cluster === undefined) return;
  await cluster.start();
  if (cluster.isConnected) log.info({ instance: cluster.instance }, "one of several relays");
  else
    log.error("the bus between the relays is away: only what is here is served, and this relay is not ready");
}

/** Undefined where protocol 2 cannot be served, because strangers reach this relay and it does not know its name. */
function v2State(
  relay: RelayState,
  peers: Peers,
  options: { hellosPerMinute: number; nodeOpensBurst: number; apps: () => string | undefined },
): V2State | undefined {
  const { config, clock } = relay;
  const servesHost = servedHost(config);
  if (servesHost === undefined) return undefined;
  return {
    relay,
    peers,
    apps: options.apps,
    nodeOpensBurst: options.nodeOpensBurst,
    policy: { backend: createCryptoBackend(), servesHost, enrolment: relay.enrolment },
    claims: new NodeClaims(),
    deviceCount: new DeviceCount(),
    hellos: new RateLimit({ clock, perMinute: options.hellosPerMinute }),
    routeOpens: new RateLimit({ clock, perMinute: config.pairRatePerMinute }),
    deviceOpens: new RateLimit({ clock, perMinute: DEVICE_OPENS_PER_MINUTE }),
  };
}
