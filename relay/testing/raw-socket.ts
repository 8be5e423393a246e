/** A WebSocket as a stranger's program would use it: sends anything, waits for what comes. */
import type { ClientOptions } from "ws";
import { WebSocket } from "ws";

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export class RawSocket {
  readonly ws: WebSocket;
  /** Resolves at the end, with what the other side said. */
  readonly closed: Promise<Closed>;
  readonly pings: Buffer[] = [];
  private readonly arrived: (Buffer | { readonly text: string })[] = [];
  private readonly waiting: ((message: Buffer | { readonly text: string }) => void)[] = [];
  private isClosed = false;

  constructor(url: string, protocols: string[] = [], options: ClientOptions = {}) {
    this.ws = new WebSocket(url, protocols, options);
    this.ws.on("message", (data, isBinary) => {
      if (!Buffer.isBuffer(data)) throw new Error("expected a Buffer");
      const message = isBinary ? data : { text: data.toString() };
      const next = this.waiting.shift();
      if (next === undefined) this.arrived.push(message);
      else next(message);
    });
    this.ws.on("ping", (data) => this.pings.push(data));
    // Told by `closed`, and by `opened` when it comes before.
    this.ws.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      this.ws.on("close", (code, reason) => {
        this.isClosed = true;
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  /** Resolves when the socket is open; rejects with the HTTP status when it was refused. */
  opened(): Promise<this> {
    return new Promise((resolve, reject) => {
      if (this.ws.readyState === WebSocket.OPEN) resolve(this);
      this.ws.once("open", () => resolve(this));
      this.ws.once("unexpected-response", (_request, response) =>
        reject(new Error(String(response.statusCode))),
      );
      this.ws.once("error", reject);
    });
  }

  send(message: object | string | Uint8Array): this {
    const isData = typeof message === "string" || message instanceof Uint8Array;
    this.ws.send(isData ? message : JSON.stringify(message));
    return this;
  }

  /** The next message, as text or bytes. */
  nextRaw(): Promise<Buffer | { readonly text: string }> {
    const first = this.arrived.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (this.isClosed) return Promise.reject(new Error("the socket has closed"));
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      void this.closed.then(({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`)));
    });
  }

  async nextText(): Promise<string> {
    const message = await this.nextRaw();
    if (Buffer.isBuffer(message)) throw new Error("expected text");
    return message.text;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  async next(): Promise<any> {
    return JSON.parse(await this.nextText());
  }

  async nextBinary(): Promise<Buffer> {
    const message = await this.nextRaw();
    if (!Buffer.isBuffer(message)) throw new Error(`expected bytes, got ${message.text}`);
    return message;
  }

  /** From now on calls `each` with every message's length, and keeps none. */
  consume(each: (length: number) => void): void {
    this.ws.removeAllListeners("message");
    this.ws.on("message", (data: Buffer) => each(data.length));
  }

  /** Messages that have come and that nobody has taken. */
  get unread(): number {
    return this.arrived.length;
  }

  async end(): Promise<void> {
    this.ws.close();
    await this.closed;
  }
}
