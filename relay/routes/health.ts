/** `GET /health`: whether the relay takes new connections, and three numbers. */
import type { Middleware } from "koa";
import type { RelayState } from "../relay-state.ts";

export function healthRoute(relay: RelayState, isDraining: () => boolean): Middleware {
  return (context) => {
    const draining = isDraining();
    context.status = draining ? 503 : 200;
    context.set("Cache-Control", "no-store");
    context.body = {
      ok: !draining,
      nodes: relay.hub.size,
      pairs: relay.offers.size,
      sessions: relay.sessions.size,
    };
  };
}
