/** A local API for tests: a real HTTP server on a free loopback port, whose handler each test writes. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface TestApi {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  /** For handlers of upgrades. */
  readonly server: Server;
  /** Cuts what is open. */
  close(): Promise<void>;
}

export async function startTestApi(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<TestApi> {
  const server = createServer(handle).listen(port, "127.0.0.1");
  // Upgraded connections are not among those that the server closes by itself.
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await once(server, "listening");
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${bound}`,
    port: bound,
    server,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
