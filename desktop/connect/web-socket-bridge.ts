/**
 * A local WebSocket, carried to the PC: the local handshake is completed only when the API has accepted, with the
 * subprotocol and the cookies it chose. Messages pass whole, either way, under the stream's credit.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { ResponseHead } from "#shared/mux/heads.ts";
import { MAX_MESSAGE_BYTES } from "#shared/mux/mux-limits.ts";
import type { MuxStream, StreamListener } from "#shared/mux/stream.ts";

const NO_CODE = 1005;
const ABNORMAL = 1006;

/** Completes a local handshake with what the API chose. Undefined when the client's half of it is not valid. */
export type Accept = (
  request: IncomingMessage,
  socket: Duplex,
  rest: Buffer,
  answer: ResponseHead,
) => WebSocket | undefined;

export function acceptor(): Accept {
  const answers = new WeakMap<IncomingMessage, ResponseHead>();
  const values = (request: IncomingMessage, name: string) =>
    (answers.get(request)?.headers ?? [])
      .filter(([key]) => key.toLowerCase() === name)
      .map(([, value]) => value);
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (_, request) => values(request, "sec-websocket-protocol")[0] ?? false,
  });
  server.on("headers", (lines, request) => {
    for (const cookie of values(request, "set-cookie")) lines.push(`Set-Cookie: ${cookie}`);
  });
  return (request, socket, rest, answer) => {
    answers.set(request, answer);
    let accepted: WebSocket | undefined;
    // It calls back in this turn, or has answered the client with what is wrong.
    server.handleUpgrade(request, socket, rest, (webSocket) => {
      accepted = webSocket;
    });
    return accepted;
  };
}

/** An open WebSocket and the stream behind it. */
export class WebSocketBridge implements StreamListener {
  private readonly socket: WebSocket;
  private readonly stream: MuxStream;
  private readonly over: () => void;
  private isOver = false;

  constructor(socket: WebSocket, stream: MuxStream, over: () => void) {
    this.socket = socket;
    this.stream = stream;
    this.over = over;
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (!(data instanceof Buffer)) return;
      if (!stream.sendMessage(data, !isBinary)) socket.pause();
    });
    // "close" follows with 1006.
    socket.on("error", () => undefined);
    socket.on("close", (code, reason) => this.closedHere(code, reason.toString()));
  }

  message(bytes: Uint8Array, isText: boolean, cost: number): void {
    this.socket.send(bytes, { binary: !isText }, () => this.stream.consumed(cost));
  }

  messageClose(code: number, reason: string): void {
    if (code === NO_CODE) this.socket.close();
    else this.socket.close(isSendable(code) ? code : 1000, reason);
    // A paused one would never read its client's answer.
    this.socket.resume();
  }

  data(chunk: Uint8Array): void {
    this.stream.consumed(chunk.length);
  }

  end(): void {
    this.socket.close();
    this.socket.resume();
  }

  reset(): void {
    this.finish();
    this.socket.terminate();
  }

  writable(): void {
    this.socket.resume();
  }

  stopped(): void {
    this.socket.terminate();
  }

  finished(): void {
    this.finish();
  }

  private closedHere(code: number, reason: string): void {
    if (this.isOver) return;
    if (code === ABNORMAL) {
      this.stream.reset("cancelled");
      this.finish();
    } else {
      this.stream.sendMessageClose(code, reason);
    }
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.over();
  }
}

/** RFC 6455 section 7.4. */
function isSendable(code: number): boolean {
  return (
    (code >= 3000 && code <= 4999) ||
    (code >= 1000 && code <= 1014 && ![1004, NO_CODE, ABNORMAL].includes(code))
  );
}
