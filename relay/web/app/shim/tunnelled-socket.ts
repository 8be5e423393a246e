/**
 * `WebSocket` for the app: the browser's own would reach the relay, which knows nothing of the app. This one has the
 * same face, and talks through whatever way to the worker it is given; when the worker is stopped it closes with 1006,
 * at once, as a broken connection does. Sockets to elsewhere stay the browser's own.
 */
import type { SocketCommand, SocketEvent } from "../calls/messages.ts";

/** A way to one socket of the worker. */
export interface SocketWay {
  say(command: SocketCommand): void;
  /** Nothing more is heard or said. */
  end(): void;
}

/** Opens a way; `hear` is told what the socket says. `path` is path and query. */
export type OpenWay = (
  socket: { readonly url: string; readonly path: string; readonly protocols: readonly string[] },
  hear: (event: SocketEvent) => void,
) => SocketWay;

export interface SocketClassOptions {
  readonly Native: typeof WebSocket;
  readonly open: OpenWay;
  /** The path of an address of the app, under any of its names; undefined for any other address. */
  readonly pathOf: (url: URL) => string | undefined;
  readonly base: () => string;
}

const MAX_REASON_BYTES = 123;

export function tunnelledSocketClass({ Native, open, pathOf, base }: SocketClassOptions): typeof WebSocket {
  class TunnelledSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;
    readonly extensions = "";
    readonly url: string;
    binaryType: BinaryType = "blob";
    private state = 0;
    private selected = "";
    private queued = 0;
    private readonly way: SocketWay;
    private readonly handlers = new Map<string, EventListener>();
    /** What is being turned into bytes keeps its place. */
    private order: Promise<unknown> | undefined;

    constructor(address: URL, path: string, protocols: readonly string[]) {
      super();
      this.url = address.href;
      this.way = open({ url: address.href, path, protocols }, (event) => this.hear(event));
    }

    get readyState(): number {
      return this.state;
    }

    get protocol(): string {
      return this.selected;
    }

    get bufferedAmount(): number {
      return this.queued;
    }

    send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      if (this.state === 0) throw new DOMException("Still in CONNECTING state.", "InvalidStateError");
      const size = sizeOf(data);
      this.queued += size;
      if (this.state !== 1) return;
      if (data instanceof Blob || this.order !== undefined) {
        const before = this.order ?? Promise.resolve();
        const order = before.then(async () => {
          const ready = data instanceof Blob ? await data.arrayBuffer() : copied(data);
          if (this.state <= 2) this.way.say({ send: ready });
          if (this.order === order) this.order = undefined;
        });
        this.order = order;
      } else this.way.say({ send: copied(data) });
    }

    close(code?: number, reason = ""): void {
      if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
        throw new DOMException("The code must be 1000, or from 3000 to 4999.", "InvalidAccessError");
      }
      if (new TextEncoder().encode(reason).length > MAX_REASON_BYTES) {
        throw new DOMException("The reason is longer than 123 bytes.", "SyntaxError");
      }
      if (this.state >= 2) return;
      this.state = 2;
      const said = { close: { reason: String(reason), ...(code !== undefined && { code }) } };
      if (this.order === undefined) this.way.say(said);
      else void this.order.then(() => this.way.say(said));
    }

    private hear(event: SocketEvent): void {
      if (this.state === 3) return;
      if ("open" in event) {
        if (this.state !== 0) return;
        this.state = 1;
        this.selected = event.open.protocol;
        this.dispatchEvent(new Event("open"));
      } else if ("message" in event) {
        if (this.state !== 1) return;
        const { message } = event;
        const isBlob = typeof message !== "string" && this.binaryType === "blob";
        const data = isBlob ? new Blob([message]) : message;
        this.dispatchEvent(new MessageEvent("message", { data, origin: new URL(this.url).origin }));
      } else if ("sent" in event) {
        this.queued = Math.max(0, this.queued - event.sent);
      } else if ("closed" in event) {
        this.state = 3;
        this.way.end();
        if (!event.closed.wasClean) this.dispatchEvent(new Event("error"));
        this.dispatchEvent(new CloseEvent("close", event.closed));
      }
    }

    /** `onopen` and so on. */
    handler(type: string): EventListener | null {
      return this.handlers.get(type) ?? null;
    }

    setHandler(type: string, value: unknown): void {
      const old = this.handlers.get(type);
      if (old !== undefined) this.removeEventListener(type, old);
      this.handlers.delete(type);
      if (typeof value !== "function") return;
      const listener: EventListener = (event) => value.call(this, event);
      Object.defineProperty(listener, "original", { value });
      this.handlers.set(type, listener);
      this.addEventListener(type, listener);
    }
  }

  for (const type of ["open", "message", "error", "close"]) {
    Object.defineProperty(TunnelledSocket.prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get(this: TunnelledSocket) {
        const listener = this.handler(type);
        return listener === null ? null : Reflect.get(listener, "original");
      },
      set(this: TunnelledSocket, value: unknown) {
        this.setHandler(type, value);
      },
    });
  }

  // `new WebSocket(…)` gives one or the other, and `instanceof WebSocket` is true of both.
  const Both = function WebSocket(address: string | URL, protocols: string | string[] = []) {
    if (new.target === undefined) throw new TypeError("WebSocket must be called with new.");
    const url = socketAddress(String(address), base());
    const names = (typeof protocols === "string" ? [protocols] : [...protocols]).map(String);
    const path = pathOf(url);
    if (path === undefined) return new Native(address, protocols);
    const isToken = (name: string) => /^[!#$%&'*+\-.^_`|~\w]+$/.test(name);
    if (!names.every(isToken) || new Set(names).size !== names.length) {
      throw new DOMException("A subprotocol is no token, or stands there twice.", "SyntaxError");
    }
    const made = new TunnelledSocket(url, path, names);
    // A class of the app's own that extends it.
    Object.setPrototypeOf(made, new.target.prototype);
    return made;
  } as unknown as typeof WebSocket;
  Object.defineProperty(Both, "prototype", { value: TunnelledSocket.prototype });
  Object.defineProperty(TunnelledSocket.prototype, "constructor", {
    value: Both,
    configurable: true,
    writable: true,
  });
  for (const [name, value] of Object.entries({ CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 })) {
    Object.defineProperty(Both, name, { value, enumerable: true });
  }
  Object.defineProperty(Both, Symbol.hasInstance, {
    value: (tested: unknown) => tested instanceof TunnelledSocket || tested instanceof Native,
  });
  return Both;
}

/** As the standard reads it: http and https are taken for ws and wss, and a fragment is an error. */
function socketAddress(address: string, base: string): URL {
  if (!URL.canParse(address, base)) throw new DOMException(`The URL '${address}' is invalid.`, "SyntaxError");
  const url = new URL(address, base);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (!/^wss?:$/.test(url.protocol)) {
    throw new DOMException(`The URL's scheme must be 'ws' or 'wss', not '${url.protocol}'.`, "SyntaxError");
  }
  url.hash = "";
  return url;
}

function sizeOf(data: string | ArrayBufferLike | Blob | ArrayBufferView): number {
  if (typeof data === "string") return new TextEncoder().encode(data).length;
  return data instanceof Blob ? data.size : data.byteLength;
}

/** A copy: the caller may go on writing into its own. */
function copied(data: string | ArrayBufferLike | ArrayBufferView): string | ArrayBuffer {
  if (typeof data === "string") return data;
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer;
  }
  return new Uint8Array(data).slice().buffer;
}
