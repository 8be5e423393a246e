/**
 * The HTTP server on this machine that stands in for the API on the PC. It listens on loopback only, lets in who the
 * guard lets in, and carries everything else as it comes: no size limits, no total timeouts, nothing buffered whole.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { StreamDoor } from "#shared/client/stream-door.ts";
import { type Guard, guardOf } from "./guard.ts";
import { HttpExchange } from "./http-exchange.ts";
import { type IncomingHead, incomingHead } from "./incoming-head.ts";
import { dropBody } from "./lingering-close.ts";
import { type FlushLater, turnEnd } from "./local-answer.ts";
import { answerIntrusion, answerProblem } from "./problem-answer.ts";
import { plainAnswer, UpgradeExchange } from "./upgrade-exchange.ts";
import { acceptor } from "./web-socket-bridge.ts";

const LOOPBACK = "127.0.0.1";
/** A little more than the tunnel takes, so that its own limit answers and not a cut connection. Bytes. */
const MAX_HEADER_BYTES = 48 * 1024;
export interface LocalServer {
  readonly port: number;
  /** Lets requests through from now on; until then they get a 502. */
  serve(door: StreamDoor): void;
  /** Stops listening and cuts what is open. */
  close(): Promise<void>;
}

/** Listens on loopback; port 0 takes a free one. Rejects with Node's error when the port cannot be had. */
export async function startLocalServer(port: number): Promise<LocalServer> {
  const server = createServer({
    // Long uploads are fine; a client that dawdles over its headers is not.
    requestTimeout: 0,
    headersTimeout: 60_000,
    // An idle connection is its client's to close: closing it here could meet the next request.
    keepAliveTimeout: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
  });
  await listen(server, port);
  const { port: actual } = server.address() as AddressInfo;
  const guard = guardOf(actual);
  const accept = acceptor();
  const flushLater = turnEnd();
  let door: StreamDoor | undefined;

  server.on("request", (request, response) => handle({ guard, door, flushLater, request, response }));
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, rest: Buffer) => {
    socket.on("error", () => socket.destroy());
    const isWebSocket = request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket";
    const head = incomingHead(request);
    if (!isWebSocket && head.hasBody) {
      // Node has stopped parsing, so the body cannot be told from what follows.
      answerProblem(plainAnswer(request, socket), { code: "bad_request", detail: "upgrade" });
    } else if (!isWebSocket || door === undefined || guard("GET", head) !== undefined) {
      // Another protocol is never spoken; HTTP allows to answer as if it had not been asked for.
      handle({ guard, door, flushLater, request, response: plainAnswer(request, socket) });
    } else {
      new UpgradeExchange({ door, accept, flushLater, request, socket, rest, head }).start();
    }
  });
  return {
    port: actual,
    serve(opened) {
      door = opened;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

interface Handling {
  readonly guard: Guard;
  readonly flushLater: FlushLater;
  readonly door: StreamDoor | undefined;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function handle({ guard, door, flushLater, request, response }: Handling): void {
  const head: IncomingHead = incomingHead(request);
  const intrusion = guard(request.method ?? "", head);
  if (intrusion !== undefined) {
    refuse(request, () => answerIntrusion(response, intrusion));
  } else if (head.isCoded) {
    // RFC 9112 section 6.1: passed on, the PC's API would take what is coded for what was meant.
    refuse(request, () => response.writeHead(501, { Connection: "close", "Content-Length": 0 }).end());
  } else if (!request.url?.startsWith("/")) {
    refuse(request, () => answerProblem(response, { code: "bad_request", detail: "path" }));
  } else if (door === undefined) {
    refuse(request, () => answerProblem(response, { code: "node_no_answer" }));
  } else {
    new HttpExchange({ door, flushLater, request, response, head }).start();
  }
}

/** The body, if any, is read and dropped: a connection is never left with half a request in it. */
function refuse(request: IncomingMessage, answer: () => void): void {
  dropBody(request);
  answer();
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
