/** The HTTP side of the relay: a few routes, JSON errors in one form, and no trace of an error's text in an answer. */
import Router from "@koa/router";
import Koa from "koa";
import { appOrigins } from "./app-origins.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { RelayState } from "./relay-state.ts";
import { appOriginRoute } from "./routes/app-origin.ts";
import { healthRoute } from "./routes/health.ts";
import { homeRoute } from "./routes/home.ts";
import { pairRoute } from "./routes/pair.ts";
import { statusRoute } from "./routes/status.ts";
import type { WebFiles } from "./web-files.ts";

export function createApp(options: {
  relay: RelayState;
  attempts: RateLimit;
  isDraining: () => boolean;
  /** The pages; without them the relay serves none. */
  web: WebFiles | undefined;
}): Koa {
  const { relay, web } = options;
  const router = new Router();
  router.get("/health", healthRoute(relay, options.isDraining));
  router.get("/status", statusRoute(relay, options.isDraining));
  router.post("/api/pair", pairRoute(relay, options.attempts));
  const app = new Koa();
  // Koa would print to standard error; the middleware below has already logged.
  app.silent = true;
  app.use(async (context, next) => {
    try {
      await next();
    } catch (error) {
      // A client that hangs up in the middle of its body is its own business.
      if (context.req.destroyed && !context.req.complete) return;
      const name = error instanceof Error ? error.name : typeof error;
      relay.log.error({ name, route: context._matchedRoute }, "request failed");
      context.status = 500;
      context.body = { detail: "Internal error." };
    }
    if (context.status === 404 && context.body === undefined) {
      context.status = 404;
      context.body = { detail: "Not Found" };
    }
    if (context.status === 405 || context.status === 501) context.body = { detail: "Method Not Allowed" };
  });
  const apps = appOrigins(relay.config);
  if (apps !== undefined) app.use(appOriginRoute(apps, web?.app ?? new Map()));
  if (web !== undefined) app.use(homeRoute(web.home, relay.config.publicUrl));
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}
