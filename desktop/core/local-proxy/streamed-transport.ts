/**
 * Requests whose body is still to come. The head goes out at once, so that the API may answer before the first byte of
 * the body; both bodies then flow as they come, each under its own back pressure. Each has a connection of its own: a
 * stale one could not be replaced, because the body is gone, and one with half a request on it must never be kept.
 * (Measured at 16 in flight: 11,600 bodies of 8 KB a second, 27,200 with kept connections; of 256 KB 3,900 and 6,400;
 * a body of 64 MB takes a tenth longer.)
 */
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as openHttp } from "node:http";
import { Agent as HttpsAgent, request as openHttps } from "node:https";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { HeaderPair } from "./header-policy.ts";
import type { LocalTarget } from "./local-target.ts";
import {
  type LocalRequestHead,
  MAX_RESPONSE_HEADER_BYTES,
  type Transmission,
  type TransmissionListener,
  type Transport,
  TransportError,
} from "./transport.ts";

export interface StreamedTransportOptions {
  readonly target: LocalTarget;
  /** For this long the API may neither read nor answer, when it is its turn. */
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

export function streamedTransport(options: StreamedTransportOptions): Transport<Readable> {
  const { target, idleTimeoutMs, connectTimeoutMs } = options;
  const { host, port } = target;
  const isTls = target.origin.startsWith("https:");
  // Says keep-alive: APIs that are told to close do so in the middle of an upload that they answered early.
  const agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true });
  const open = isTls ? openHttps : openHttp;
  return {
    send(head, body, listener) {
      const { method, target: path } = head;
      const transmission = new StreamedTransmission({
        head,
        body,
        listener,
        idleTimeoutMs,
        connectTimeoutMs,
      });
      try {
        const request = open({
          ...{ agent, host, port, method, path },
          setHost: false,
          maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
        });
        transmission.start(request, isTls ? "secureConnect" : "connect");
      } catch (error) {
        // The library takes no such method, path or header.
        queueMicrotask(() => transmission.fail(error));
      }
      return transmission;
    },
    async close() {
      agent.destroy();
    },
  };
}

interface StreamedTransmissionOptions {
  readonly head: LocalRequestHead;
  readonly body: Readable;
  readonly listener: TransmissionListener;
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

class StreamedTransmission implements Transmission {
  private readonly options: StreamedTransmissionOptions;
  private readonly listener: TransmissionListener;
  private request: ClientRequest | undefined;
  private socket: Socket | undefined;
  private response: IncomingMessage | undefined;
  private connectTimer: NodeJS.Timeout | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private sentBytes = 0;
  private hasSentAll = false;
  /** The connection takes no more of the body for now. */
  private isBlocked = false;
  private isPaused = false;
  private isOver = false;

  constructor(options: StreamedTransmissionOptions) {
    this.options = options;
    this.listener = options.listener;
  }

  /** `connectedEvent` is what a socket says when it is ready for the request. Throws for a head that cannot be sent. */
  start(request: ClientRequest, connectedEvent: "connect" | "secureConnect"): void {
    const { head, connectTimeoutMs } = this.options;
    this.request = request;
    // From now on, for Node tells some errors only after an abort.
    request.on("error", (error) => this.fail(error));
    // Node writes all methods in capitals, but they are case-sensitive.
    request.method = head.method;
    for (const [name, value] of head.headers) request.appendHeader(name, value);
    const { contentLength } = head;
    if (contentLength === undefined) request.setHeader("transfer-encoding", "chunked");
    else request.setHeader("content-length", contentLength);

    this.connectTimer = setTimeout(() => this.fail(new TransportError("ConnectTimeout")), connectTimeoutMs);
    request.on("socket", (socket) => {
      this.socket = socket;
      // The library stops listening when it thinks that it is done.
      socket.on("error", () => undefined);
      socket.once(connectedEvent, () => this.connected());
    });
    request.on("information", () => this.progress());
    request.on("response", (response) => this.answered(response));
    request.on("upgrade", () => this.fail(new TransportError("RemoteProtocolError")));
    // Sends the head. `flushHeaders` would too, but as UTF-8, and header values are latin-1.
    request.write("", "latin1");
    this.sendBody(request);
  }

  pause(): void {
    this.isPaused = true;
    this.response?.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.progress();
    this.response?.resume();
  }

  abort(): void {
    // Told in a later turn, when the connection is gone.
    if (this.leave()) queueMicrotask(() => this.listener.failed(new TransportError("WriteError")));
  }

  fail(error: unknown): void {
    // What comes after the last byte of an answer takes nothing away from it.
    if (this.response?.complete === true && !(error instanceof TransportError)) return;
    if (this.leave()) this.listener.failed(error);
  }

  private connected(): void {
    if (this.isOver) return;
    clearTimeout(this.connectTimer);
    this.idleTimer = setTimeout(() => this.idle(), this.options.idleTimeoutMs);
    this.listener.connected();
  }

  private sendBody(request: ClientRequest): void {
    const { body, head } = this.options;
    const { contentLength } = head;
    // What is not what was announced would be taken for the next request, or waited for.
    const mismatch = () => this.fail(new TransportError("LocalProtocolError"));
    body.on("data", (chunk: Uint8Array) => {
      if (this.isOver) return;
      this.sentBytes += chunk.length;
      if (contentLength !== undefined && this.sentBytes > contentLength) {
        mismatch();
      } else if (!request.write(chunk)) {
        this.isBlocked = true;
        body.pause();
      }
    });
    request.on("drain", () => {
      this.isBlocked = false;
      this.progress();
      body.resume();
    });
    body.on("end", () => {
      if (this.isOver) return;
      if (contentLength !== undefined && this.sentBytes < contentLength) {
        mismatch();
        return;
      }
      this.hasSentAll = true;
      this.progress();
      request.end();
    });
    body.on("error", () => undefined);
    body.on("close", () => {
      if (!this.hasSentAll) mismatch();
    });
  }

  private answered(response: IncomingMessage): void {
    this.response = response;
    this.progress();
    response.on("data", (chunk: Buffer) => {
      this.progress();
      if (!this.isOver) this.listener.data(chunk);
    });
    response.on("error", (error) => this.fail(error));
    response.on("end", () => {
      if (this.leave()) this.listener.end(pairs(response.rawTrailers));
    });
    if (this.isPaused) response.pause();
    this.listener.received();
    this.listener.head(response.statusCode ?? 0, pairs(response.rawHeaders));
  }

  private progress(): void {
    this.idleTimer?.refresh();
  }

  private idle(): void {
    const isClientsTurn = this.isPaused || !(this.hasSentAll || this.isBlocked);
    if (isClientsTurn) this.progress();
    else this.fail(new TransportError("ReadTimeout"));
  }

  /** Lets go of everything. False when that was done before. */
  private leave(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    clearTimeout(this.connectTimer);
    clearTimeout(this.idleTimer);
    this.options.body.destroy();
    this.request?.destroy();
    // After a whole answer the library has let go of the socket.
    this.socket?.destroy();
    return true;
  }
}

function pairs(flat: readonly string[]): HeaderPair[] {
  return flat.flatMap((name, at): HeaderPair[] => (at % 2 === 0 ? [[name, flat[at + 1] ?? ""]] : []));
}
