/**
 * Headers and the beginnings of bodies, kept for the owner's eyes while he wants that, in this process's memory alone.
 * Bounded for each body and in all; the oldest requests make room. Off until it is turned on, and turning it off forgets
 * everything. Headers that the owner added himself are kept without their values.
 */
import type { HeaderPairs } from "#shared/mux/heads.ts";

/** Of each body. Bytes. */
export const MAX_CAPTURED_BODY_BYTES = 64 * 1024;
/** Of all together. Bytes. */
const MAX_CAPTURED_BYTES = 32 * 1024 * 1024;
const MASK = "•••";

export interface CapturedMessage {
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  /** The body went on. */
  readonly isCut: boolean;
}

export interface CapturedExchange {
  readonly request: CapturedMessage | undefined;
  readonly response: CapturedMessage | undefined;
}

/** Whoever carries the request out tells about it here. */
export interface ExchangeCapture {
  /** `masked`: names whose values are the owner's secrets. */
  request(headers: HeaderPairs, masked: readonly string[]): void;
  requestBody(chunk: Uint8Array): void;
  response(headers: HeaderPairs): void;
  responseBody(chunk: Uint8Array): void;
}

interface Side {
  headers: HeaderPairs;
  readonly chunks: Uint8Array[];
  length: number;
  isCut: boolean;
}

interface Exchange {
  request?: Side;
  response?: Side;
  bytes: number;
}

export class CaptureStore {
  private readonly exchanges = new Map<number, Exchange>();
  private readonly limit: number;
  private on = false;
  private bytes = 0;

  constructor(limit = MAX_CAPTURED_BYTES) {
    this.limit = limit;
  }

  get isOn(): boolean {
    return this.on;
  }

  turn(on: boolean): void {
    this.on = on;
    if (!on) this.clear();
  }

  clear(): void {
    this.exchanges.clear();
    this.bytes = 0;
  }

  /** Undefined while nothing is to be kept. */
  begin(id: number): ExchangeCapture | undefined {
    if (!this.on) return undefined;
    const exchange: Exchange = { bytes: 0 };
    this.exchanges.set(id, exchange);
    return {
      request: (headers, masked) => {
        const secret = new Set(masked.map((name) => name.toLowerCase()));
        const shown = headers.map(
          ([name, value]) => [name, secret.has(name.toLowerCase()) ? MASK : value] as const,
        );
        exchange.request = this.head(id, exchange, shown);
      },
      requestBody: (chunk) => this.add(id, exchange, exchange.request, chunk),
      response: (headers) => {
        exchange.response = this.head(id, exchange, headers);
      },
      responseBody: (chunk) => this.add(id, exchange, exchange.response, chunk),
    };
  }

  get(id: number): CapturedExchange | undefined {
    const exchange = this.exchanges.get(id);
    return exchange && { request: message(exchange.request), response: message(exchange.response) };
  }

  private head(id: number, exchange: Exchange, headers: HeaderPairs): Side {
    let size = 0;
    for (const [name, value] of headers) size += name.length + value.length;
    this.count(id, exchange, size);
    return { headers, chunks: [], length: 0, isCut: false };
  }

  private add(id: number, exchange: Exchange, side: Side | undefined, chunk: Uint8Array): void {
    if (side === undefined || side.isCut || this.exchanges.get(id) !== exchange) return;
    const room = MAX_CAPTURED_BODY_BYTES - side.length;
    // A copy: the chunk's memory goes on to the socket.
    const kept = chunk.slice(0, room);
    side.isCut = chunk.length > room;
    side.chunks.push(kept);
    side.length += kept.length;
    this.count(id, exchange, kept.length);
  }

  private count(id: number, exchange: Exchange, size: number): void {
    if (this.exchanges.get(id) !== exchange) return;
    exchange.bytes += size;
    this.bytes += size;
    for (const [oldest, { bytes }] of this.exchanges) {
      if (this.bytes <= this.limit || oldest === id) return;
      this.exchanges.delete(oldest);
      this.bytes -= bytes;
    }
  }
}

function message(side: Side | undefined): CapturedMessage | undefined {
  if (side === undefined) return undefined;
  const body = new Uint8Array(side.length);
  let at = 0;
  for (const chunk of side.chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return { headers: side.headers, body, isCut: side.isCut };
}
