/** WebSockets of local APIs and of plain clients. A connection that breaks is told by its close code alone. */
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import type { TestApi } from "./api.ts";

/** Takes the API's upgrades until the returned function is called. */
export function serveWebSockets(
  { server }: Pick<TestApi, "server">,
  connected: (socket: WebSocket, path: string) => void,
  options: ServerOptions = {},
): () => void {
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, ...options });
  sockets.on("connection", (socket, request) => {
    // "close" follows, with 1006.
    socket.on("error", () => undefined);
    connected(socket, request.url ?? "");
  });
  return () => sockets.close();
}

export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

/** Resolves when it has closed, however that came about. */
export function closeOf(socket: WebSocket): Promise<SocketClose> {
  // "close" follows, with 1006.
  socket.on("error", () => undefined);
  return new Promise((resolve) => {
    socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
  });
}
