/**
 * The seam between the policy of local calls and the HTTP libraries that carry them out: one request and its answer on
 * one connection, told as it happens. A transport repeats nothing and counts nothing.
 */
import type { FailureName } from "./failure-name.ts";
import type { HeaderPair } from "./header-policy.ts";

/** A request without its body. */
export interface LocalRequestHead {
  readonly method: string;
  /** Path with query as it will stand in the request line, base path included. */
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  /** For a streamed body whose length is known; without it a stream is sent in chunks. Bytes. */
  readonly contentLength?: number;
}

/** Hears how a transmission goes; `end` or `failed` is the last it hears. Only `connected` comes from within `send`. */
export interface TransmissionListener {
  /** A connection is there, and the request goes onto it. */
  connected(): void;
  /** The first bytes of an answer came. */
  received(): void;
  /** The final answer's head: interim ones concern this hop alone. */
  head(status: number, headers: readonly HeaderPair[]): void;
  data(chunk: Uint8Array): void;
  end(trailers: readonly HeaderPair[]): void;
  /** Also after an abort, once it holds no connection any more. `failureName` reads the error. */
  failed(error: unknown): void;
}

export interface Transmission {
  /** Asks for no more data; a chunk that was already read may still come. */
  pause(): void;
  resume(): void;
  /** The API sees its connection close. */
  abort(): void;
}

export interface Transport<Body> {
  send(head: LocalRequestHead, body: Body, listener: TransmissionListener): Transmission;
  /** Cuts everything. */
  close(): Promise<void>;
}

/** A failure that a transport found itself, under the name it has everywhere. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: FailureName;

  constructor(code: FailureName) {
    super(code);
    this.code = code;
  }
}

/** What all names and values of an answer's headers may have together; this many are too many. Bytes. */
export const MAX_RESPONSE_HEADER_BYTES = 64 * 1024;
