/**
 * One relay, put together: its parts, the front where everybody comes in, the admin's listener. Nothing happens before
 * `listen`, and after `close` nothing is left. It keeps no state outside this process.
 */
import { type AdminServer, createAdminServer } from "./admin/admin-server.ts";
import { servesName } from "./admin/serves-name.ts";
import type { Timer } from "./clock.ts";
import { createFront, type FrontOptions } from "./front.ts";
import type { HttpServer } from "./http-server.ts";
import { listenOn, portOf } from "./listening.ts";
import { createParts, type Parts, type PartsOptions } from "./parts.ts";
import type { RelayState } from "./relay-state.ts";
import { sayFarewell } from "./shutdown.ts";

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

export function createRelay(options: PartsOptions & FrontOptions): Relay {
  let isListening = false;
  let draining = false;
  const parts = createParts(options, { isDraining: () => draining, port: () => portOf(http.server) });
  const http = createFront(parts, options);
  const admin = createAdmin(parts, () => isListening && !draining);
  const sweeper = createSweeper(parts.relay);
  const { relay, peers } = parts;
  let closing: Promise<void> | undefined;
  return {
    state: relay,
    queuedBytes: () => peers.budget.queuedBytes,
    unfinishedBytes: () => peers.intakeBudget.heldBytes,
    async listen() {
      const ports = await begin(parts, http, admin);
      isListening = true;
      peers.start();
      sweeper.start();
      return ports;
    },
    close() {
      draining = true;
      closing ??= end(parts, http, admin, () => sweeper.stop());
      return closing;
    },
  };
}

function createAdmin({ relay, apps, cluster }: Parts, isServing: () => boolean): AdminServer {
  return createAdminServer({
    metrics: relay.metrics,
    isReady: () => isServing() && cluster?.isConnected !== false,
    servesName: (name) => servesName({ ...relay, apps }, name),
  });
}

function createSweeper({ clock, offers, routes, sessions }: RelayState) {
  let next: Timer | undefined;
  const start = () => {
    offers.sweep();
    routes.sweep();
    sessions.sweep();
    next = clock.after(SWEEP_MS, start);
  };
  return { start, stop: () => next?.cancel() };
}

async function begin(parts: Parts, http: HttpServer, admin: AdminServer) {
  const { relay, cluster } = parts;
  const { config, metrics, enrolment } = relay;
  await enrolment.start();
  await http.prepare();
  await startCluster(parts);
  let adminPort: number | undefined;
  if (config.adminPort !== undefined) {
    metrics.observeProcess();
    adminPort = await admin.listen(config.adminHost, config.adminPort);
  }
  const { host } = config;
  try {
    const port = await listenOn(http.server, { host, port: config.port, variable: "ORA_RELAY_PORT" });
    return { port, ...(adminPort !== undefined && { adminPort }) };
  } catch (error) {
    await cluster?.stop();
    throw error;
  }
}

/** A bus that is away keeps nobody from being served here. */
async function startCluster({ cluster, relay: { log } }: Parts): Promise<void> {
  if (cluster === undefined) return;
  await cluster.start();
  if (cluster.isConnected) log.info({ instance: cluster.instance }, "one of several relays");
  else
    log.error("the bus between the relays is away: only what is here is served, and this relay is not ready");
}

async function end(
  { relay, peers, cluster }: Parts,
  http: HttpServer,
  admin: AdminServer,
  stopSweeping: () => void,
): Promise<void> {
  const { server } = http;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await sayFarewell({ clock: relay.clock, peers: peers.all, pending: () => relay.hub.pending() });
  relay.elsewhere?.rates.stop();
  await cluster?.stop();
  peers.stop();
  relay.enrolment.stop();
  http.stop();
  stopSweeping();
  server.closeAllConnections();
  await closed;
  await admin.close();
}
