/**
 * One connection to the local API: an exchange at a time, and the time in between. What comes while nothing was asked,
 * or behind an answer, ends it, so that no answer is ever taken for the next one's.
 */
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { HeaderPair } from "./header-policy.ts";
import type { LocalTarget } from "./local-target.ts";
import type { ResponseHead } from "./response-head.ts";
import { type AnswerSink, ResponseParser } from "./response-parser.ts";
import { TransportError } from "./transport.ts";

/** One request on its way, as its connection sees it. */
export interface Exchange {
  /** The request goes out now. */
  connected(): void;
  received(): void;
  head(head: ResponseHead): void;
  /** Valid during the call alone. */
  data(chunk: Buffer): void;
  /** It is over, and does not belong to the connection any more. */
  end(trailers: readonly HeaderPair[]): void;
  failed(error: unknown): void;
}

/** A request as it is sent. */
export interface SentRequest {
  /** Latin-1. */
  readonly head: string;
  readonly body: Uint8Array | undefined;
  /** Its answer has no body, and afterwards nobody knows what comes: some send one all the same. */
  readonly isHead: boolean;
}

export interface KeptConnectionOptions {
  readonly target: LocalTarget;
  readonly connectTimeoutMs: number;
  /** What all connections read into; what is read is used at once. */
  readonly memory: Buffer;
  /** How long it may lie idle when the API says nothing of it, and how much of what it says is not believed. */
  readonly keepMs: number;
  readonly keepMarginMs: number;
  /** An exchange is over, and the connection can have another in a later turn. */
  readonly free: (connection: KeptConnection) => void;
  /** It is closed, or about to be. */
  readonly gone: (connection: KeptConnection) => void;
}

/** Node says the same when the other side hangs up. It names no system call, for there was none. */
function hungUp(): Error {
  return Object.assign(new Error("the API closed the connection"), { code: "ECONNRESET" });
}

export class KeptConnection implements AnswerSink {
  /** Looks, of whoever looks after it, since it last made progress. */
  silentLooks = 0;
  private readonly options: KeptConnectionOptions;
  private readonly socket: Socket;
  private readonly parser = new ResponseParser(this);
  private connectTimer: NodeJS.Timeout | undefined;
  private exchange: Exchange | undefined;
  private waiting: SentRequest | undefined;
  private keeps: number | undefined;
  private isHead = false;
  private hasReceived = false;
  private isPaused = false;
  private isGone = false;

  constructor(options: KeptConnectionOptions) {
    this.options = options;
    const { target, connectTimeoutMs, memory } = options;
    const { host, port } = target;
    const onread = { buffer: memory, callback: (bytes: number) => this.read(bytes) };
    const isTls = target.origin.startsWith("https:");
    const tcp = { host, port, onread };
    // What reads for TCP reads for TLS too, although its type does not say so.
    const tls = { ...tcp, servername: isIP(host) === 0 ? host : "", ALPNProtocols: ["http/1.1"] };
    this.socket = isTls ? connectTls(tls) : connectTcp(tcp);
    this.socket.setNoDelay(true);
    this.socket.once(isTls ? "secureConnect" : "connect", () => this.opened());
    this.socket.on("end", () => this.ended());
    this.socket.on("error", (error) => this.fail(error));
    this.socket.on("close", () => this.fail(hungUp()));
    this.connectTimer = setTimeout(() => this.fail(new TransportError("ConnectTimeout")), connectTimeoutMs);
  }

  get isClosed(): boolean {
    return this.isGone;
  }

  /** An exchange waits for the API, and not for its own client. */
  get isWaiting(): boolean {
    return this.exchange !== undefined && !this.isPaused && this.connectTimer === undefined;
  }

  get isIdle(): boolean {
    return this.exchange === undefined;
  }

  /** How long it may lie idle after the last answer. Milliseconds. */
  get keepMs(): number {
    const { keepMs, keepMarginMs } = this.options;
    return this.keeps === undefined ? keepMs : Math.max(0, this.keeps - keepMarginMs);
  }

  /** Sends a request, at once or when there is a connection. Only when it is idle and not closed. */
  send(exchange: Exchange, request: SentRequest): void {
    this.exchange = exchange;
    if (this.connectTimer === undefined) this.transmit(exchange, request);
    else this.waiting = request;
  }

  pause(): void {
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.silentLooks = 0;
    if (!this.isGone) this.socket.resume();
  }

  /** Ends it, and with it what is under way. */
  fail(error: unknown): void {
    if (this.isGone) return;
    this.isGone = true;
    clearTimeout(this.connectTimer);
    this.socket.destroy();
    this.options.gone(this);
    const { exchange } = this;
    this.exchange = undefined;
    exchange?.failed(error);
  }

  // From the parser.

  head(head: ResponseHead): void {
    this.keeps = this.isHead ? 0 : head.keepMs;
    this.exchange?.head(head);
  }

  data(chunk: Buffer): void {
    this.exchange?.data(chunk);
  }

  end(trailers: readonly HeaderPair[], isLast: boolean): void {
    const { exchange } = this;
    this.exchange = undefined;
    this.resume();
    // A request that is still on its way was answered early: the API may not want the rest of it.
    if (isLast || this.keepMs === 0 || this.socket.writableLength > 0) this.fail(undefined);
    else if (!this.isGone) this.options.free(this);
    exchange?.end(trailers);
  }

  // From the socket.

  private opened(): void {
    clearTimeout(this.connectTimer);
    this.connectTimer = undefined;
    const { exchange, waiting } = this;
    this.waiting = undefined;
    if (exchange !== undefined && waiting !== undefined) this.transmit(exchange, waiting);
  }

  private transmit(exchange: Exchange, { head, body, isHead }: SentRequest): void {
    this.isHead = isHead;
    this.hasReceived = false;
    this.silentLooks = 0;
    this.parser.expect(isHead);
    exchange.connected();
    if (this.isGone) return;
    if (body === undefined || body.length === 0) {
      this.socket.write(head, "latin1");
      return;
    }
    this.socket.cork();
    this.socket.write(head, "latin1");
    this.socket.write(body);
    this.socket.uncork();
  }

  /** False stops the reading. */
  private read(bytes: number): boolean {
    const { exchange, options } = this;
    if (this.isGone) return false;
    this.silentLooks = 0;
    if (exchange !== undefined && !this.hasReceived) {
      this.hasReceived = true;
      exchange.received();
    }
    try {
      this.parser.read(options.memory.subarray(0, bytes));
    } catch (error) {
      // Whoever heard of the end of an exchange hears nothing more of it.
      const isTold = this.exchange !== undefined || error instanceof TransportError;
      this.fail(error);
      if (!isTold) throw error;
    }
    return !this.isPaused;
  }

  private ended(): void {
    this.parser.close();
    this.fail(hungUp());
  }
}
