/**
 * The listener for whoever runs the relay, apart from the public one and on loopback by default: is it alive, is it
 * ready, its metrics, and whether a certificate may be asked for a name.
 */
import { createServer, type Server } from "node:http";
import Router from "@koa/router";
import Koa from "koa";
import { listenOn } from "../listening.ts";
import type { Metrics } from "../metrics/metrics.ts";

export interface AdminServer {
  /** The port it listens on. Rejects with a ListenError when the address cannot be had. */
  listen(host: string, port: number): Promise<number>;
  close(): Promise<void>;
}

export function createAdminServer(options: {
  metrics: Metrics;
  isReady: () => boolean;
  /** Whether this relay serves a host of this name right now. */
  servesName: (name: string) => Promise<boolean>;
}): AdminServer {
  const { metrics, isReady, servesName } = options;
  const router = new Router();
  router.get("/live", (context) => {
    context.body = { ok: true };
  });
  router.get("/ready", (context) => {
    const ok = isReady();
    context.status = ok ? 200 : 503;
    context.body = { ok };
  });
  router.get("/metrics", async (context) => {
    context.type = metrics.contentType;
    context.body = await metrics.text();
  });
  // A web server that makes certificates on demand asks here, so that strangers cannot have them made for any name.
  router.get("/tls-ask", async (context) => {
    const { domain } = context.query;
    const ok = typeof domain === "string" && (await servesName(domain));
    context.status = ok ? 200 : 404;
    context.body = { ok };
  });
  const app = new Koa();
  app.silent = true;
  app.use(async (context, next) => {
    context.set("Cache-Control", "no-store");
    await next();
  });
  app.use(router.routes());
  const server: Server = createServer(app.callback());
  return {
    listen: (host, port) => listenOn(server, { host, port, variable: "ORA_RELAY_ADMIN_PORT" }),
    async close() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
