/** Where everybody comes in: the HTTP server, its routes, and the upgrades to sockets of either protocol. */
import { createApp } from "./app.ts";
import { createHttpServer, type HttpServer } from "./http-server.ts";
import { UPGRADES_PER_MINUTE } from "./limits.ts";
import { OrdinaryHttp, wantsWebSocket } from "./ordinary-http.ts";
import type { Parts } from "./parts.ts";
import { ProbationRegister } from "./probation.ts";
import { RateLimit } from "./rate-limit.ts";
import { Upgrade } from "./upgrade.ts";
import { V1Acceptor } from "./v1/accept.ts";
import { V2Acceptor } from "./v2/accept.ts";
import type { WebFiles } from "./web-files.ts";

export interface FrontOptions {
  /** The pages it serves; left out: none. */
  readonly web?: WebFiles;
  /** Left out: UPGRADES_PER_MINUTE. */
  readonly upgradesPerMinute?: number;
  /** Left out: REQUEST_TIMEOUT_MS. */
  readonly requestTimeoutMs?: number;
  /** Left out: STANDSTILL_MS. */
  readonly standstillMs?: number;
}

export function createFront(parts: Parts, options: FrontOptions): HttpServer {
  const { relay, attempts } = parts;
  const { isDraining } = relay;
  const { requestTimeoutMs, standstillMs } = options;
  const app = createApp({ relay, attempts, isDraining, web: options.web });
  const http = createHttpServer({
    ...relay,
    answer: app.callback(),
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
    ...(standstillMs !== undefined && { standstillMs }),
  });
  const upgrade = createUpgrade(parts, options.upgradesPerMinute ?? UPGRADES_PER_MINUTE);
  const ordinary = new OrdinaryHttp(http.server);
  http.server.on("upgrade", (request, stream, head) => {
    if (!wantsWebSocket(request)) ordinary.answer(request, stream, head);
    else if (isDraining()) stream.destroy();
    else upgrade.handle(request, stream, head);
  });
  return http;
}

function createUpgrade({ relay, peers, liveness, v2 }: Parts, perMinute: number): Upgrade {
  const unproven = new ProbationRegister();
  return new Upgrade({
    ...{ relay, peers, unproven },
    attempts: new RateLimit({ clock: relay.clock, perMinute }),
    v1: new V1Acceptor({ relay, peers, unproven, liveness }),
    v2: v2 && new V2Acceptor({ v2, unproven }),
  });
}
