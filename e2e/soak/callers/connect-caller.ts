/** Any program on a machine where `ora-connect` runs: plain HTTP and WebSockets, on connections that are kept or not. */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import { WebSocket } from "ws";
import { bulk } from "../../support/bulk.ts";
import { KEY_HEADER } from "../soak-api.ts";
import type { Caller, TalkSocket } from "./caller.ts";

export function connectCaller(name: string, origin: string): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  return {
    name,
    streams: true,
    async ask({ path, upload, signal }) {
      const method = upload?.method ?? "GET";
      const request = httpRequest(origin + path, { method, agent, ...(signal && { signal }) });
      const answered = headOf(request);
      if (upload === undefined) request.end();
      // An error of the request is told by what was awaited.
      else pipeline(bulk(upload.from + upload.length, upload.from), request).catch(() => undefined);
      const response = await answered;
      const key = response.headers[KEY_HEADER];
      return {
        status: response.statusCode ?? 0,
        key: typeof key === "string" ? key : undefined,
        body: response,
      };
    },
    talk: (path) =>
      new WebSocket(origin.replace("http", "ws") + path, { perMessageDeflate: false }) as TalkSocket,
  };
}

function headOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    request.on("error", reject);
  });
}
