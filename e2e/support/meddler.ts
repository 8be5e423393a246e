/**
 * A hostile relay: it stands in front of a real one and does what it likes to every message of nodes and clients, and
 * says what it likes to either. Left alone it passes everything on as it is; the pages always.
 */
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

export interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

export type Toward = "relay" | "endpoint";

/** One connection of a node or a client. */
export interface Leg {
  readonly end: "node" | "client";
  say(toward: Toward, message: Message): void;
  /** Closes the endpoint's side with this code, as if the relay had. */
  close(code: number): void;
  /** Cuts both sides without a word. */
  cut(): void;
}

/** What becomes of a message: these are sent in its place. */
export type Rule = (message: Message, toward: Toward, leg: Leg) => readonly Message[];

export interface Meddler {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Holds from now on, also for what is open. */
  rule: Rule;
  /** Those that are open, oldest first. */
  readonly legs: readonly Leg[];
  close(): Promise<void>;
}

export const honest: Rule = (message) => [message];

export function text(value: unknown): Message {
  return { data: Buffer.from(JSON.stringify(value)), isBinary: false };
}

export async function startMeddler(relayOrigin: string): Promise<Meddler> {
  const legs = new Set<Leg>();
  const server = createServer((request, response) => passPage(request, response, relayOrigin));
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const meddler: Meddler & { rule: Rule } = {
    origin: `http://127.0.0.1:${port}`,
    rule: honest,
    get legs() {
      return [...legs];
    },
    async close() {
      for (const leg of legs) leg.cut();
      sockets.close();
      server.close();
      await once(server, "close");
    },
  };
  sockets.on("connection", (endpoint, request) => {
    const url = relayOrigin.replace(/^http/, "ws") + (request.url ?? "");
    const relay = new WebSocket(url, endpoint.protocol === "" ? [] : [endpoint.protocol], {
      perMessageDeflate: false,
      headers:
        request.headers.authorization === undefined ? {} : { authorization: request.headers.authorization },
    });
    const side = { relay: queued(relay), endpoint: queued(endpoint) };
    const leg: Leg = {
      end: request.url?.startsWith("/ws/node") ? "node" : "client",
      say: (toward, message) => side[toward](message),
      close: (code) => endpoint.close(code),
      cut: () => {
        endpoint.terminate();
        relay.terminate();
      },
    };
    legs.add(leg);
    pass(endpoint, relay, (message) => {
      for (const each of meddler.rule(message, "relay", leg)) leg.say("relay", each);
    });
    pass(relay, endpoint, (message) => {
      for (const each of meddler.rule(message, "endpoint", leg)) leg.say("endpoint", each);
    });
    endpoint.on("close", () => legs.delete(leg));
  });
  return meddler;
}

function passPage(asked: IncomingMessage, response: ServerResponse, relayOrigin: string): void {
  const { method, url, headers } = asked;
  const passed = httpRequest(`${relayOrigin}${url}`, { ...(method && { method }), headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on("error", () => response.destroy());
  asked.pipe(passed);
}

/** Sends once the socket is open. */
function queued(socket: WebSocket): (message: Message) => void {
  const opened =
    socket.readyState === WebSocket.OPEN ? undefined : new Promise((resolve) => socket.once("open", resolve));
  const send = ({ data, isBinary }: Message) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(data, { binary: isBinary });
  };
  let isOpen = opened === undefined;
  void opened?.then(() => {
    isOpen = true;
  });
  return (message) => {
    if (isOpen) send(message);
    else void opened?.then(() => send(message));
  };
}

function pass(from: WebSocket, to: WebSocket, message: (message: Message) => void): void {
  from.on("message", (data, isBinary) => {
    if (data instanceof Buffer) message({ data, isBinary });
  });
  from.on("error", () => to.terminate());
  from.on("close", (code, reason) => {
    const mayBeSaid = code === 1000 || (code >= 1001 && code <= 1014 && ![1004, 1005, 1006].includes(code));
    if (mayBeSaid || (code >= 3000 && code <= 4999)) to.close(code, reason);
    else to.terminate();
  });
}
