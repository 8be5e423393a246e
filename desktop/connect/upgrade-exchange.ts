/**
 * A local request to become a WebSocket: asks the API on the PC, and becomes one if the API agrees. Any other answer of
 * the API goes back as the HTTP answer it is.
 */
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Problem } from "#shared/client/problem.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import { failureProblem } from "#shared/client/reset-problems.ts";
import type { StreamDoor } from "#shared/client/stream-door.ts";
import type { HeaderPairs, RequestHead, ResponseHead } from "#shared/mux/heads.ts";
import type { MuxStream, StreamListener, StreamReset } from "#shared/mux/stream.ts";
import { EarlyBytes } from "./early-bytes.ts";
import type { IncomingHead } from "./incoming-head.ts";
import { type FlushLater, LocalAnswer } from "./local-answer.ts";
import { answerProblem } from "./problem-answer.ts";
import { type Accept, WebSocketBridge } from "./web-socket-bridge.ts";

/** The handshake's own headers are said anew on each hop; the subprotocols are the client's wish. */
const OF_THE_HANDSHAKE = /^sec-websocket-(?!protocol$)/i;

export interface UpgradeOptions {
  readonly door: StreamDoor;
  readonly accept: Accept;
  readonly flushLater: FlushLater;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client sent behind its request. */
  readonly rest: Buffer;
  readonly head: IncomingHead;
}

export class UpgradeExchange implements StreamListener {
  private readonly options: UpgradeOptions;
  private readonly abort = new AbortController();
  private stream: MuxStream | undefined;
  private bridge: WebSocketBridge | undefined;
  private answer: LocalAnswer | undefined;
  private isOver = false;
  private readonly early: EarlyBytes;

  constructor(options: UpgradeOptions) {
    this.options = options;
    this.early = new EarlyBytes(options.socket, options.rest, () => this.clientGone());
  }

  start(): void {
    const { door, request, head } = this.options;
    const headers = head.forwarded.filter(([name]) => !OF_THE_HANDSHAKE.test(name));
    const asked: RequestHead = { method: "GET", path: request.url ?? "", headers, upgrade: "websocket" };
    door.open(asked, this, { signal: this.abort.signal }).then(
      (stream) => {
        this.stream = stream;
        if (this.isOver) stream.reset("cancelled");
      },
      (error: unknown) => {
        if (this.isOver) return;
        if (!(error instanceof RelayError)) throw error;
        this.fail(error.problem);
      },
    );
  }

  response(head: ResponseHead): void {
    const { accept, request, socket, door, flushLater } = this.options;
    const { stream } = this;
    if (stream === undefined) return;
    if (head.status !== 101) {
      this.answer = new LocalAnswer(plainAnswer(request, socket), {
        taken: (bytes) => stream.consumed(bytes),
        failed: () => {
          this.clientGone();
          socket.destroy();
        },
        flushLater,
      });
      this.answer.head(head);
      return;
    }
    const webSocket = accept(request, socket, this.early.take(), head);
    socket.resume();
    if (webSocket === undefined) {
      stream.reset("cancelled");
      this.finish();
      return;
    }
    this.bridge = new WebSocketBridge(webSocket, stream, () => door.released());
  }

  data(chunk: Uint8Array): void {
    this.answer?.write(chunk);
  }

  message(bytes: Uint8Array, isText: boolean, cost: number): void {
    this.bridge?.message(bytes, isText, cost);
  }

  messageClose(code: number, reason: string): void {
    this.bridge?.messageClose(code, reason);
  }

  end(trailers: HeaderPairs | undefined): void {
    this.bridge?.end();
    this.answer?.end(trailers);
  }

  reset(reset: StreamReset): void {
    if (this.bridge !== undefined) this.bridge.reset();
    else if (this.answer === undefined) {
      void failureProblem(this.options.door, reset).then((problem) => this.fail(problem));
      return;
    } else if (!this.answer.cut()) this.options.socket.destroy();
    this.finish();
  }

  writable(): void {
    this.bridge?.writable();
  }

  stopped(): void {
    this.bridge?.stopped();
  }

  finished(): void {
    this.bridge?.finished();
    this.finish();
  }

  private clientGone(): void {
    if (this.isOver || this.bridge !== undefined) return;
    this.abort.abort();
    this.stream?.reset("cancelled");
    this.finish();
  }

  private fail(problem: Problem): void {
    if (this.isOver) return;
    const { request, socket } = this.options;
    this.finish();
    answerProblem(plainAnswer(request, socket), problem);
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.options.door.released();
  }
}

/** An HTTP answer on a connection that asked to be upgraded; it ends with it. */
export function plainAnswer(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // Node gives its own sockets here, whose type is wider than what it says.
  response.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
  response.on("finish", () => socket.end());
  return response;
}
