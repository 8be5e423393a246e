/**
 * One relay, put together: tables, HTTP server, sockets, heartbeat. Nothing happens before `listen`, and after `close`
 * nothing is left. It keeps no state outside this process.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "./app.ts";
import type { Clock, Timer } from "./clock.ts";
import type { RelayConfig } from "./config.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Hub } from "./hub.ts";
import { MAX_HEADER_BYTES, MAX_QUEUED_TOTAL_BYTES, REQUEST_TIMEOUT_MS } from "./limits.ts";
import type { Log } from "./log.ts";
import { Offers } from "./offers.ts";
import { OutputBudget } from "./output-budget.ts";
import { ProbationRegister } from "./probation.ts";
import { RateLimit } from "./rate-limit.ts";
import type { RelayState } from "./relay-state.ts";
import { Sessions } from "./sessions.ts";
import { sayFarewell } from "./shutdown.ts";
import { Upgrade } from "./upgrade.ts";
import { Admission } from "./v1/admission.ts";

const SWEEP_MS = 1_000;

export interface Relay {
  /** Starts to listen; rejects when the address cannot be had. */
  listen(): Promise<{ readonly port: number }>;
  /** Ends everything, at the latest after SHUTDOWN_MS. Repeating it waits for the same end. */
  close(): Promise<void>;
  /** What this relay keeps, for tests that look for what it must not keep. */
  readonly state: RelayState;
  /** Bytes that wait to be sent, over all sockets. */
  queuedBytes(): number;
}

export function createRelay(options: { config: RelayConfig; log: Log; clock: Clock }): Relay {
  const { config, log, clock } = options;
  const hub = new Hub();
  const offers = new Offers({ clock });
  const sessions = new Sessions({ clock, ttlSec: config.sessionTtlSec, ended: () => undefined });
  const relay: RelayState = { config, clock, log, hub, offers, sessions };
  const attempts = new RateLimit({ clock, perMinute: config.pairRatePerMinute });
  const heartbeat = new Heartbeat(clock);
  const budget = new OutputBudget(MAX_QUEUED_TOTAL_BYTES);
  const upgrade = new Upgrade({
    relay,
    budget,
    heartbeat,
    admission: new Admission({ clock, hub }),
    unproven: new ProbationRegister(),
  });
  let draining = false;
  const app = createApp({ relay, attempts, isDraining: () => draining });
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 2,
    },
    app.callback(),
  );
  server.on("upgrade", (request, stream, head) => {
    if (draining) stream.destroy();
    else upgrade.handle(request, stream, head);
  });
  let sweeper: Timer | undefined;
  const sweep = () => {
    offers.sweep();
    sessions.sweep();
    sweeper = clock.after(SWEEP_MS, sweep);
  };
  let closing: Promise<void> | undefined;
  const close = async () => {
    draining = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await sayFarewell({ clock, peers: upgrade.peers, pending: () => hub.pending() });
    heartbeat.stop();
    sweeper?.cancel();
    server.closeAllConnections();
    await closed;
  };
  return {
    state: relay,
    queuedBytes: () => budget.queuedBytes,
    listen: () =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host: config.host, port: config.port }, () => {
          server.off("error", reject);
          heartbeat.start();
          sweep();
          // With a TCP server that listens, the address is never a string or null.
          resolve({ port: (server.address() as AddressInfo).port });
        });
      }),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
