/**
 * A WebSocket of a device, passed through to the local API: messages as messages, both ways, under credit. Pings stay
 * on each hop. Host and port are connection options and the path goes into the request line as it came, because
 * building a URL from it would change it. An API that does not upgrade answers like any other.
 */
import { isUtf8 } from "node:buffer";
import type { ClientRequest, IncomingMessage } from "node:http";
import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";
import type { HeaderPair, HeaderPairs } from "#shared/mux/heads.ts";
import { MuxError } from "#shared/mux/mux-error.ts";
import type { NodeStream, StreamListener } from "#shared/mux/stream.ts";
import type { ActivityRecord } from "../activity/activity-log.ts";
import type { AppRequest } from "../apps/app-desk.ts";
import { responseHeaders } from "../local-proxy/header-policy.ts";
import type { LocalTarget } from "../local-proxy/local-target.ts";
import { refuse } from "./refusal.ts";

/** As protocol section 4 has it. Bytes. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const NO_CODE = 1005;
const ABNORMAL = 1006;

export interface WebSocketExchangeOptions {
  readonly stream: NodeStream;
  readonly target: LocalTarget;
  /** The request target as it will stand in the request line. */
  readonly path: string;
  /** By policy, the node's own included. */
  readonly headers: HeaderPairs;
  readonly record: ActivityRecord;
  /** For a web app: what becomes of the answer's headers. */
  readonly app: Pick<AppRequest, "answered"> | undefined;
}

export function exchangeWebSocket(options: WebSocketExchangeOptions): StreamListener {
  return new WebSocketExchange(options);
}

class WebSocketExchange implements StreamListener {
  private readonly stream: NodeStream;
  private readonly record: ActivityRecord;
  private readonly app: WebSocketExchangeOptions["app"];
  private socket: WebSocket | undefined;
  private answer: IncomingMessage | undefined;
  private isOpen = false;
  private isOver = false;
  /** What the API closed with. */
  private apiClose: { code: number; reason: string } | undefined;

  constructor(options: WebSocketExchangeOptions) {
    this.stream = options.stream;
    this.record = options.record;
    this.app = options.app;
    try {
      this.socket = dial(options);
    } catch {
      // A subprotocol that is no token, or named twice: the message repeats it.
      queueMicrotask(() => this.refused(400, "bad_upgrade"));
      return;
    }
    this.listen(this.socket);
  }

  // From the device.

  data(chunk: Uint8Array): void {
    // A body before the answer is no WebSocket; the stream layer lets none through.
    this.stream.consumed(chunk.length);
  }

  message(bytes: Uint8Array, isText: boolean, cost: number): void {
    this.record.received(bytes.length);
    if (isText && !isUtf8(bytes)) {
      this.fail();
      this.stream.reset("protocol", "a text message is not UTF-8");
      return;
    }
    this.socket?.send(bytes, { binary: !isText }, () => this.stream.consumed(cost));
  }

  messageClose(code: number, reason: string): void {
    const { socket } = this;
    if (socket === undefined || socket.readyState !== WebSocket.OPEN) return;
    // Codes that no endpoint may send arrive as what they mean.
    if (code === NO_CODE) socket.close();
    else socket.close(isSendable(code) ? code : 1000, reason);
  }

  end(): void {
    // The close came before it; without one the socket is closed all the same.
    if (this.isOpen) this.socket?.close();
  }

  writable(): void {
    this.socket?.resume();
    this.answer?.resume();
  }

  reset(): void {
    this.fail();
  }

  stopped(): void {
    this.fail();
  }

  // From the local API.

  private listen(socket: WebSocket): void {
    let handshake: IncomingMessage | undefined;
    socket.on("upgrade", (response) => {
      handshake = response;
    });
    socket.on("open", () => {
      // Only now has the API proved that it speaks WebSocket.
      if (!this.isOver && handshake !== undefined && this.respond(101, handshake)) this.isOpen = true;
    });
    socket.on("unexpected-response", (_, response) => this.answered(response));
    socket.on("message", (data, isBinary) => {
      if (this.isOver || !(data instanceof Buffer)) return;
      this.record.sent(data.length);
      if (!this.stream.sendMessage(data, !isBinary)) socket.pause();
    });
    socket.on("close", (code, reason) => {
      this.apiClose = { code, reason: reason.toString() };
      this.closed();
    });
    socket.on("error", () => {
      if (this.isOver || this.isOpen) return;
      this.fail();
      this.stream.reset("unreachable", "ConnectError");
    });
  }

  private answered(response: IncomingMessage): void {
    if (this.isOver || !this.respond(response.statusCode ?? 502, response)) {
      response.destroy();
      return;
    }
    this.answer = response;
    response.on("data", (chunk: Buffer) => {
      this.record.sent(chunk.length);
      this.record.capture?.responseBody(chunk);
      if (!this.stream.write(chunk)) response.pause();
    });
    response.on("end", () => {
      if (this.isOver) return;
      this.isOver = true;
      this.stream.end();
      this.record.finish("done");
    });
    response.on("close", () => {
      if (this.isOver) return;
      this.fail();
      this.stream.reset("truncated", "ReadError");
    });
  }

  private respond(status: number, response: IncomingMessage): boolean {
    const forwarded = responseHeaders(rawPairs(response)).filter(([name]) => isForwarded(name));
    const headers = this.app?.answered(forwarded) ?? forwarded;
    try {
      this.stream.respond({ status, headers });
    } catch (error) {
      if (!(error instanceof MuxError)) throw error;
      this.refused(502, "bad_response");
      return false;
    }
    this.record.capture?.response(headers);
    this.record.status(status);
    return true;
  }

  private closed(): void {
    if (this.isOver || !this.isOpen || this.apiClose === undefined) return;
    this.isOver = true;
    const { code, reason } = this.apiClose;
    if (code === ABNORMAL) {
      this.record.finish("failed");
      this.stream.reset("truncated", "ReadError");
      return;
    }
    this.stream.sendMessageClose(code, reason);
    this.record.finish("done");
  }

  private refused(status: number, reason: string): void {
    this.fail();
    refuse(this.stream, status, reason);
  }

  private fail(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.answer?.destroy();
    this.socket?.terminate();
    this.record.finish("failed");
  }
}

function dial({ target, path, headers }: WebSocketExchangeOptions): WebSocket {
  const isTls = target.origin.startsWith("https:");
  const protocols: string[] = [];
  const own = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === "sec-websocket-protocol") protocols.push(...value.split(",").map((word) => word.trim()));
    else if (!lower.startsWith("sec-websocket-")) own.set(name, [...(own.get(name) ?? []), value]);
  }
  // The URL names nobody: where to connect and what to ask for is said below.
  return new WebSocket(isTls ? "wss://local/" : "ws://local/", protocols, {
    headers: Object.fromEntries(
      [...own].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
    ),
    createConnection: () => {
      const { host, port } = target;
      return isTls
        ? connectTls({ host, port, servername: isIP(host) ? "" : host })
        : connectTcp({ host, port });
    },
    finishRequest: (request: ClientRequest) => {
      request.path = path;
      request.end();
    },
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
}

function rawPairs({ rawHeaders }: IncomingMessage): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    pairs.push([rawHeaders[at] ?? "", rawHeaders[at + 1] ?? ""]);
  return pairs;
}

/** The chosen subprotocol concerns the device; the rest of the handshake concerned this hop alone. */
function isForwarded(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === "sec-websocket-protocol" || !lower.startsWith("sec-websocket-");
}

/** RFC 6455 section 7.4. */
function isSendable(code: number): boolean {
  return (
    (code >= 3000 && code <= 4999) || (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code))
  );
}
