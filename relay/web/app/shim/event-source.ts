/**
 * `EventSource` on top of fetch: browsers drop `Last-Event-ID` where a worker answers, and a worker that is stopped would
 * end the stream for good. It has the same face, comes back by itself, and says which event it has seen last.
 */
import { EventStream } from "./event-stream.ts";

const RETRY_MS = 3_000;

export function eventSourceClass(options: {
  readonly fetch: typeof fetch;
  readonly base: () => string;
}): typeof EventSource {
  const { fetch, base } = options;

  class FetchedEventSource extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSED = 2;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSED = 2;
    readonly url: string;
    readonly withCredentials: boolean;
    private state = 0;
    private lastEventId = "";
    private retryMs = RETRY_MS;
    private readonly abort = new AbortController();
    private readonly handlers = new Map<string, { value: unknown; listener: EventListener }>();

    constructor(address: string | URL, init: EventSourceInit = {}) {
      super();
      if (!URL.canParse(String(address), base())) {
        throw new DOMException(
          `Cannot open an EventSource to '${address}'. The URL is invalid.`,
          "SyntaxError",
        );
      }
      this.url = new URL(String(address), base()).href;
      this.withCredentials = init.withCredentials === true;
      void this.run();
    }

    get readyState(): number {
      return this.state;
    }

    close(): void {
      this.state = 2;
      this.abort.abort();
    }

    handler(type: string): unknown {
      return this.handlers.get(type)?.value ?? null;
    }

    setHandler(type: string, value: unknown): void {
      const old = this.handlers.get(type);
      if (old !== undefined) this.removeEventListener(type, old.listener);
      this.handlers.delete(type);
      if (typeof value !== "function") return;
      const listener: EventListener = (event) => value.call(this, event);
      this.handlers.set(type, { value, listener });
      this.addEventListener(type, listener);
    }

    private async run(): Promise<void> {
      while (this.state !== 2) {
        const isOver = await this.connect().catch(() => false);
        if (this.state === 2) return;
        this.state = isOver ? 2 : 0;
        this.dispatchEvent(new Event("error"));
        if (isOver) return;
        await new Promise((resolve) => setTimeout(resolve, this.retryMs));
      }
    }

    /** Resolves with true when there is no point in coming back. */
    private async connect(): Promise<boolean> {
      const headers: Record<string, string> = { accept: "text/event-stream" };
      if (this.lastEventId !== "") headers["last-event-id"] = this.lastEventId;
      const response = await fetch(this.url, {
        headers,
        cache: "no-store",
        credentials: this.withCredentials ? "include" : "same-origin",
        signal: this.abort.signal,
      });
      const type = response.headers.get("content-type") ?? "";
      if (response.status !== 200 || !/^text\/event-stream\s*(;|$)/i.test(type) || response.body === null) {
        await response.body?.cancel();
        return true;
      }
      if (this.state === 2) return true;
      this.state = 1;
      this.dispatchEvent(new Event("open"));
      await this.read(response.body, new URL(response.url === "" ? this.url : response.url).origin);
      return false;
    }

    private async read(body: ReadableStream<Uint8Array>, origin: string): Promise<void> {
      const stream = new EventStream(this.lastEventId);
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      const reader = body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.state === 2) return;
        for (const { type, data, lastEventId } of stream.push(decoder.decode(value, { stream: true }))) {
          this.lastEventId = lastEventId;
          this.dispatchEvent(new MessageEvent(type, { data, lastEventId, origin }));
        }
        this.lastEventId = stream.lastEventId;
        this.retryMs = stream.retryMs ?? this.retryMs;
      }
    }
  }

  for (const type of ["open", "message", "error"]) {
    Object.defineProperty(FetchedEventSource.prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get(this: FetchedEventSource) {
        return this.handler(type);
      },
      set(this: FetchedEventSource, value: unknown) {
        this.setHandler(type, value);
      },
    });
  }
  Object.defineProperty(FetchedEventSource, "name", { value: "EventSource" });
  return FetchedEventSource as unknown as typeof EventSource;
}
