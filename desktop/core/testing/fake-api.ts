/** Local APIs for tests: well-behaved ones from node:http, and ones that break the rules, from raw sockets. */
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type LocalTarget, localTarget } from "../local-proxy/local-target.ts";

export interface FakeApi {
  readonly target: LocalTarget;
  /** Connections made so far. */
  connections(): number;
  close(): Promise<void>;
}

async function listening(server: Server, basePath: string): Promise<FakeApi> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    target: localTarget(new URL(`http://127.0.0.1:${port}${basePath}`)),
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function httpApi(answer: RequestListener, basePath = ""): Promise<FakeApi> {
  return listening(createHttpServer({ keepAliveTimeout: 60_000 }, answer), basePath);
}

/** `answer` is called for the first bytes of each request on each connection. */
export function rawApi(
  answer: (socket: Socket, request: string, connection: number) => void,
): Promise<FakeApi> {
  let connection = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connection += 1;
    const number = connection;
    socket.on("data", (data: Buffer) => answer(socket, data.toString("latin1"), number));
  });
  return listening(server, "");
}

/** A target where nobody listens. */
export async function nobody(): Promise<LocalTarget> {
  const api = await rawApi(() => undefined);
  await api.close();
  return api.target;
}
