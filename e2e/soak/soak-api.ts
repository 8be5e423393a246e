/**
 * The local API of the run. Every answer carries the key of its question, and every body is a piece of its own of one
 * endless body, so that an answer to somebody else's question is never right by chance. It remembers what arrived.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { bulk, hashOf } from "../support/bulk.ts";
import type { AtTheEnd } from "../support/endings.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { serveWebSockets } from "../support/web-sockets.ts";
import { pieceHash } from "./piece.ts";

export const KEY_HEADER = "x-soak-key";

const EVENT_MS = 200;

export interface SoakApi {
  readonly origin: string;
  /** Whether a body with this key arrived whole. */
  hasArrived(key: string): boolean;
}

/** `wrongArrival` is told of a body that ended in order and is not what was sent, and of a POST that came twice. */
export async function startSoakApi(
  atTheEnd: AtTheEnd,
  wrongArrival: (what: string) => void,
): Promise<SoakApi> {
  const routes: Routes = await startRoutes(atTheEnd);
  const arrived = new Set<string>();
  const asked = (request: IncomingMessage) => {
    const { searchParams } = new URL(request.url ?? "", routes.origin);
    const number = (name: string) => Number(searchParams.get(name));
    return {
      key: searchParams.get("key") ?? "",
      from: number("from"),
      length: number("length"),
      searchParams,
    };
  };
  const answer = (response: ServerResponse, key: string, headers: Record<string, string | number> = {}) =>
    response.writeHead(200, { [KEY_HEADER]: key, ...headers });

  routes.on("/small", (request, response) => {
    const { key } = asked(request);
    answer(response, key).end(key);
  });
  routes.on("/down", (request, response) => {
    const { key, from, length, searchParams } = asked(request);
    answer(response, key, searchParams.has("chunked") ? {} : { "content-length": length });
    // Whoever is cut off notices by himself.
    pipeline(bulk(from + length, from), response).catch(() => undefined);
  });
  routes.on("/up", (request, response) => {
    const { key, from, length } = asked(request);
    hashOf(request).then(
      (hash) => {
        if (hash !== pieceHash({ from, length })) wrongArrival(`body ${key} is not what was sent`);
        if (request.method === "POST" && arrived.has(key)) wrongArrival(`POST ${key} came twice`);
        arrived.add(key);
        answer(response, key).end(hash);
      },
      // Cut: this API was told.
      () => undefined,
    );
  });
  routes.on("/events", async (request, response) => {
    const { key } = asked(request);
    answer(response, key, { "content-type": "text/event-stream" });
    for (let i = 0; !response.destroyed; i += 1) {
      response.write(`data: ${key} ${i}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, EVENT_MS));
    }
  });
  const stop = serveWebSockets(routes, (socket) =>
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  atTheEnd(stop);
  return {
    origin: routes.origin,
    hasArrived: (key) => arrived.has(key),
  };
}
