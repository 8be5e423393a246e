/** A local API for tests: a real HTTP server on a free loopback port, whose handler each test writes. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface TestApi {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

export async function startTestApi(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<TestApi> {
  const server = createServer(handle).listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${bound}`,
    port: bound,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
