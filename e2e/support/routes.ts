/** A local API of which each test writes the part it needs, by path, while the programs keep running. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { startTestApi, type TestApi } from "./api.ts";
import type { AtTheEnd } from "./endings.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Routes extends TestApi {
  /** Answers this path from now on; the query is not part of it. */
  on(path: string, handler: Handler): void;
}

export async function startRoutes(atTheEnd: AtTheEnd, port = 0): Promise<Routes> {
  const handlers = new Map<string, Handler>();
  const api = await startTestApi((request, response) => {
    const handler = handlers.get((request.url ?? "").replace(/\?.*$/, ""));
    if (handler !== undefined) handler(request, response);
    else response.writeHead(404).end("no such route in this test");
  }, port);
  atTheEnd(() => api.close());
  return { ...api, on: (path, handler) => void handlers.set(path, handler) };
}
