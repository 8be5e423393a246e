/** A relay for tests: a real WebSocket server whose every word is the test's. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { type Mailbox, mailbox } from "./mailbox.ts";

/** One connection as the relay sees it. */
export interface RelaySide {
  /** Path with query of the upgrade request. */
  readonly url: string;
  readonly socket: WebSocket;
  /** The node's messages: parsed JSON, other text as it is, or the bytes of a binary one. */
  readonly messages: Mailbox<unknown>;
  readonly closed: Promise<number>;
  send(message: object | string): void;
}

export interface FakeRelay {
  readonly url: URL;
  readonly connections: Mailbox<RelaySide>;
  /** Answers upgrade requests with this status instead of accepting them; undefined accepts again. */
  refuseWith: number | undefined;
  /** Selects whatever subprotocol is offered, as some servers do; else none, as relays of protocol 1 do. */
  echoes: boolean;
  /** Takes connections and never says a word on them. */
  hang: boolean;
  close(): Promise<void>;
}

export async function fakeRelay(port = 0): Promise<FakeRelay> {
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const acceptor = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) => (relay.echoes ? ([...offered][0] ?? false) : false),
  });
  const connections = mailbox<RelaySide>();
  const relay: FakeRelay = {
    url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`),
    connections,
    refuseWith: undefined,
    echoes: false,
    hang: false,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (relay.hang) return;
    if (relay.refuseWith !== undefined) {
      socket.end(`HTTP/1.1 ${relay.refuseWith} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    acceptor.handleUpgrade(request, socket, head, (accepted) => {
      // Whoever offered a subprotocol and got none goes away at once.
      const isWanted = relay.echoes || request.headers["sec-websocket-protocol"] === undefined;
      if (isWanted) connections.put(relaySide(accepted, request));
    });
  });
  return relay;
}

function relaySide(socket: WebSocket, request: IncomingMessage): RelaySide {
  const messages = mailbox<unknown>();
  socket.on("message", (data: Buffer, isBinary) => {
    messages.put(isBinary ? data : parsed(data.toString()));
  });
  return {
    url: request.url ?? "",
    socket,
    messages,
    closed: new Promise((resolve) => socket.on("close", resolve)),
    send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the test sees the text.
    return text;
  }
}
