/** A device's end of a channel in memory, joined to the node's real stream layer, for tests of what the node serves. */
import { createClientMuxer, createNodeMuxer } from "#shared/mux/create-muxer.ts";
import type { HeaderPairs, RequestHead } from "#shared/mux/heads.ts";
import type { ClientMuxer, NodeMuxer } from "#shared/mux/muxer.ts";
import type { MuxStream, NodeStream, StreamListener, StreamReset } from "#shared/mux/stream.ts";
import { quietLinkPair } from "#shared/mux/testing/quiet-link.ts";

export interface Answer {
  readonly status: number | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Undefined when it came whole. */
  readonly reset: StreamReset | undefined;
}

/** One request under way. */
export class Exchange implements StreamListener {
  status: number | undefined;
  headers: readonly (readonly [string, string])[] = [];
  readonly chunks: Uint8Array[] = [];
  readonly messages: (string | Buffer)[] = [];
  closeCode: number | undefined;
  trailers: HeaderPairs | undefined;
  readonly done: Promise<Answer>;
  stream: MuxStream | undefined;
  /** Whether what comes is consumed at once. */
  reads = true;
  held = 0;
  wasStopped = false;
  private finish: (reset: StreamReset | undefined) => void = () => undefined;
  private wakers: (() => void)[] = [];

  constructor() {
    this.done = new Promise((resolve) => {
      this.finish = (reset) => {
        const body = Buffer.concat(this.chunks);
        resolve({ status: this.status, headers: this.headers, body, reset });
        this.wake();
      };
    });
  }

  response({ status, headers }: { status: number; headers: Exchange["headers"] }): void {
    this.status = status;
    this.headers = headers;
    this.wake();
  }

  data(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.took(chunk.length);
  }

  message(bytes: Uint8Array, isText: boolean, cost: number): void {
    this.messages.push(isText ? Buffer.from(bytes).toString() : Buffer.from(bytes));
    this.took(cost);
  }

  messageClose(code: number): void {
    this.closeCode = code;
  }

  end(trailers: HeaderPairs | undefined): void {
    this.trailers = trailers;
    this.finish(undefined);
  }

  reset(reset: StreamReset): void {
    this.finish(reset);
  }

  stopped(): void {
    this.wasStopped = true;
    this.wake();
  }

  writable(): void {
    this.wake();
  }

  get received(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** Waits for something to be so, looking at each event. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.wakers.push(resolve));
  }

  /** Writes with back pressure. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.stream?.write(chunk) === false && this.stream.isOpen) {
      await new Promise<void>((resolve) => this.wakers.push(resolve));
    }
  }

  private took(bytes: number): void {
    if (this.reads) this.stream?.consumed(bytes);
    else this.held += bytes;
    this.wake();
  }

  private wake(): void {
    const wakers = this.wakers;
    this.wakers = [];
    for (const wake of wakers) wake();
  }
}

export class DeviceEnd {
  readonly muxer: ClientMuxer;

  constructor(muxer: ClientMuxer) {
    this.muxer = muxer;
  }

  open(head: Partial<RequestHead>): Exchange {
    const exchange = new Exchange();
    const stream = this.muxer.openStream({ method: "GET", path: "/", headers: [], ...head }, exchange);
    if (typeof stream === "string") throw new Error(`no stream: ${stream}`);
    exchange.stream = stream;
    return exchange;
  }

  /** A whole request with a whole body. */
  async ask(head: Partial<RequestHead>, body?: Uint8Array | string): Promise<Answer> {
    const exchange = this.open({ ...head, ...(body === undefined && { end: true }) });
    if (body !== undefined) {
      exchange.stream?.write(typeof body === "string" ? new TextEncoder().encode(body) : body);
      exchange.stream?.end();
    }
    return exchange.done;
  }
}

/** Joins a device to whatever serves its streams. */
export function deviceEnd(serve: (stream: NodeStream) => StreamListener): {
  device: DeviceEnd;
  node: NodeMuxer;
  faults: unknown[];
} {
  const [left, right] = quietLinkPair();
  const faults: unknown[] = [];
  const fault = (error: unknown) => void faults.push(error);
  const node = createNodeMuxer({ link: right, handlers: { stream: serve, closed: () => undefined, fault } });
  const client = createClientMuxer({ link: left, handlers: { closed: () => undefined, fault } });
  node.start();
  client.start();
  return { device: new DeviceEnd(client), node, faults };
}
