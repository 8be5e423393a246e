/** The HTTP server under everything: plain, or with TLS where the relay has a certificate of its own. */
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { answerBroken } from "./broken-requests.ts";
import { isOwnMachine } from "./client-address.ts";
import type { Clock } from "./clock.ts";
import type { RelayConfig } from "./config.ts";
import { boundConnections } from "./connections.ts";
import {
  MAX_HEADER_BYTES,
  MAX_REQUESTS_PER_CONNECTION,
  REQUEST_TIMEOUT_MS,
  STANDSTILL_MS,
} from "./limits.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { CertificateFiles } from "./tls/certificate-files.ts";

function bounds(requestTimeoutMs: number) {
  return {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: requestTimeoutMs / 2,
  };
}

export interface HttpServer {
  readonly server: Server;
  /** What the server needs before it listens. Rejects with a CertificateError when it cannot be had. */
  prepare(): Promise<void>;
  /** Nothing is looked after any more. The server is closed by its owner. */
  stop(): void;
}

export function createHttpServer(options: {
  config: RelayConfig;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  answer: RequestListener;
  /** Left out: REQUEST_TIMEOUT_MS. */
  requestTimeoutMs?: number;
  /** Left out: STANDSTILL_MS. */
  standstillMs?: number;
}): HttpServer {
  const { config, clock, log, answer, metrics, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const hold = <Kind extends Server>(server: Kind): Kind => {
    const { trustProxy, maxSocketsPerAddress } = config;
    boundConnections({
      ...{ server, metrics },
      maxSocketsPerAddress: maxSocketsPerAddress === 0 ? Number.POSITIVE_INFINITY : maxSocketsPerAddress,
      isExempt: trustProxy ? () => true : isOwnMachine,
    });
    answerBroken(server, metrics);
    server.setTimeout(options.standstillMs ?? STANDSTILL_MS);
    return bounded(server);
  };
  const { tlsCert: cert, tlsKey: key } = config;
  if (cert === undefined || key === undefined) {
    const server = hold(createServer(bounds(requestTimeoutMs), answer));
    return { server, prepare: async () => undefined, stop: () => undefined };
  }
  // A client that does not get on with its handshake is no better than one that dawdles over its headers.
  const server = hold(
    createTlsServer({ ...bounds(requestTimeoutMs), handshakeTimeout: requestTimeoutMs }, answer),
  );
  const certificate = new CertificateFiles({ clock, log, paths: { cert, key }, server });
  return { server, prepare: () => certificate.start(), stop: () => certificate.stop() };
}

/**
 * Ends a connection with the last answer it may have. Node's own `maxRequestsPerSocket` only says that it would, and goes
 * on answering.
 */
function bounded<Kind extends Server>(server: Kind): Kind {
  const requests = new WeakMap<Duplex, number>();
  server.prependListener("request", ({ socket }, response) => {
    const count = (requests.get(socket) ?? 0) + 1;
    requests.set(socket, count);
    if (count >= MAX_REQUESTS_PER_CONNECTION) response.shouldKeepAlive = false;
  });
  return server;
}
