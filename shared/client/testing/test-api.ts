/**
 * What stands in for the API on the PC in tests: answers by path, straight from the streams. `on` adds or replaces one.
 */
import type { HeaderPairs, RequestHead } from "#shared/mux/heads.ts";
import type { NodeStream, StreamListener, StreamReset } from "#shared/mux/stream.ts";

/** One request as it arrives. Tests look at it, and answer through `stream`. */
export class ServedRequest implements StreamListener {
  readonly stream: NodeStream;
  readonly head: RequestHead;
  readonly chunks: Uint8Array[] = [];
  received = 0;
  trailers: HeaderPairs | undefined;
  isEnded = false;
  resetWith: StreamReset | undefined;
  readonly messages: (string | Uint8Array)[] = [];
  closedWith: { code: number; reason: string } | undefined;
  /** False: takes no more body. */
  isReading = true;
  private held = 0;
  private waiters: (() => void)[] = [];
  onWritable: (() => void) | undefined;
  onMessage: ((bytes: Uint8Array, isText: boolean) => void) | undefined;

  constructor(stream: NodeStream) {
    this.stream = stream;
    this.head = stream.request;
    this.isEnded = this.head.end === true;
  }

  get path(): string {
    return this.head.path.replace(/\?.*$/s, "");
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.head.path.replace(/^[^?]*/, ""));
  }

  /** Resolves when `test` holds; looked at after each event. */
  async until(test: () => boolean): Promise<void> {
    while (!test()) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  async body(): Promise<Buffer> {
    await this.until(() => this.isEnded || this.resetWith !== undefined);
    if (this.resetWith !== undefined) throw new Error(`reset: ${this.resetWith.code}`);
    return Buffer.concat(this.chunks);
  }

  header(name: string): string | undefined {
    return this.head.headers.find(([key]) => key.toLowerCase() === name)?.[1];
  }

  /** Takes body again after `isReading = false`. */
  resume(): void {
    this.isReading = true;
    this.stream.consumed(this.held);
    this.held = 0;
  }

  respond(status: number, headers: HeaderPairs = [], body?: Uint8Array | string): void {
    if (body === undefined) {
      this.stream.respond({ status, headers, end: true });
      return;
    }
    this.stream.respond({ status, headers });
    this.stream.write(typeof body === "string" ? new TextEncoder().encode(body) : body);
    this.stream.end();
  }

  /** Writes `total` patterned bytes in chunks, as fast as the stream takes them. */
  async writeAll(total: number, chunkBytes = 16 * 1024): Promise<void> {
    for (let at = 0; at < total && this.stream.isOpen; at += chunkBytes) {
      const chunk = patterned(at, Math.min(chunkBytes, total - at));
      if (!this.stream.write(chunk)) {
        await new Promise<void>((resolve) => {
          this.onWritable = resolve;
          this.waiters.push(resolve);
        });
      }
    }
  }

  data(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.received += chunk.length;
    if (this.isReading) this.stream.consumed(chunk.length);
    else this.held += chunk.length;
    this.wake();
  }

  message(bytes: Uint8Array, isText: boolean, cost: number): void {
    this.messages.push(isText ? new TextDecoder().decode(bytes) : bytes);
    this.stream.consumed(cost);
    this.onMessage?.(bytes, isText);
    this.wake();
  }

  messageClose(code: number, reason: string): void {
    this.closedWith = { code, reason };
    this.wake();
  }

  end(trailers: HeaderPairs | undefined): void {
    this.isEnded = true;
    this.trailers = trailers;
    this.wake();
  }

  reset(reset: StreamReset): void {
    this.resetWith = reset;
    this.wake();
  }

  writable(): void {
    this.onWritable?.();
  }

  finished(): void {
    this.wake();
  }

  private wake(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const run of waiters) run();
  }
}

type Handler = (request: ServedRequest) => void | Promise<void>;

export class TestApi {
  readonly requests: ServedRequest[] = [];
  private readonly handlers = new Map<string, Handler>();
  private waiters: (() => void)[] = [];

  constructor() {
    this.on("/hello", (request) => request.respond(200, [["content-type", "text/plain"]], "hello"));
    this.on("/bytes", async (request) => {
      const total = Number(request.query.get("n"));
      request.stream.respond({ status: 200, headers: [["content-length", String(total)]] });
      await request.writeAll(total, Number(request.query.get("chunk") ?? 16_384));
      request.stream.end();
    });
    this.on("/echo", async (request) => {
      const body = await request.body();
      request.respond(200, [["content-type", request.header("content-type") ?? "none"]], body);
    });
  }

  on(path: string, handler: Handler): void {
    this.handlers.set(path, handler);
  }

  /** The next request to `path` that is not answered by itself. */
  async next(path: string): Promise<ServedRequest> {
    for (;;) {
      const at = this.requests.findIndex((request) => request.path === path);
      const [found] = at < 0 ? [] : this.requests.splice(at, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    }
  }

  readonly serve = (stream: NodeStream): StreamListener => {
    const request = new ServedRequest(stream);
    const handler = this.handlers.get(request.path);
    if (handler === undefined) {
      this.requests.push(request);
      const waiters = this.waiters;
      this.waiters = [];
      for (const run of waiters) run();
    } else {
      void Promise.resolve(handler(request)).catch(() => stream.reset("internal"));
    }
    return request;
  };
}

/** Bytes that differ by place, so that none can be missing, doubled or out of order unseen. */
export function patterned(from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) bytes[at] = ((from + at) * 31 + ((from + at) >>> 8) * 7) & 0xff;
  return bytes;
}
