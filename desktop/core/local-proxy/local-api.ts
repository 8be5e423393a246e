/**
 * HTTP/1.1 to the local API over kept connections, as a stream: the answer's head, then its body as it comes, with
 * pause, resume and cancel. Host and port come from the target alone; redirects are answers like others; no timeout
 * counts total time, only time without progress. It trusts its caller to have applied the path and header policies.
 *
 * undici's dispatch interface, because it measured 1.2, 1.8 and 1.7 times node:http's requests per second at 1, 16
 * and 64 in flight with 1 KB answers, and 1.4 times its throughput with 256 KB ones; the promise interfaces of undici
 * lose a third of that. It also gives header bytes as they came, several Set-Cookie included.
 */
import type { Readable } from "node:stream";
import { type Dispatcher, Pool } from "undici";
import { type FailureName, failureName, looksStale } from "./failure-name.ts";
import type { HeaderPair } from "./header-policy.ts";
import type { LocalTarget } from "./local-target.ts";

export interface LocalRequest {
  readonly method: string;
  /** Path with query as it will stand in the request line, base path included. */
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array | Readable | undefined;
  /** For a stream whose length is known; without it a stream is sent in chunks. Bytes. */
  readonly contentLength?: number;
}

/** Hears how a call goes: `head` once, `data` any number of times, then `end`; or `failed`, at any point, instead. */
export interface ResponseReceiver {
  head(status: number, headers: readonly HeaderPair[]): void;
  data(chunk: Uint8Array): void;
  /** All has come; with the trailers, where the API sent some. */
  end(trailers: readonly HeaderPair[]): void;
  failed(name: FailureName): void;
}

/** One call under way. */
export interface LocalCall {
  /** Asks for no more data; a chunk that was already read may still come. */
  pause(): void;
  resume(): void;
  /** Ends the call; its receiver hears nothing more. The API sees its connection close. */
  cancel(): void;
}

export interface LocalApi {
  send(request: LocalRequest, receiver: ResponseReceiver): LocalCall;
  /** Cuts every call and connection. */
  close(): Promise<void>;
}

export interface LocalApiOptions {
  readonly target: LocalTarget;
  /** Without progress for this long, a call fails. */
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs?: number;
  /** Calls at a time; one more fails at once, for waiting behind others could take for ever. */
  readonly maxCalls?: number;
  /**
   * Told of every call once: undefined when the API answered, else what failed. Not told of cancelled calls, nor of
   * those that were one too many.
   */
  readonly outcome?: (failure: FailureName | undefined) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** As many as a node has streams, each with a connection of its own. */
const MAX_CALLS = 1_024;

/** Shorter than servers keep an idle connection unasked; those that announce a time are believed, less a second. */
const KEEP_ALIVE_MS = 1_500;

const MAX_RESPONSE_HEADER_BYTES = 64 * 1024;

/** Methods that may be sent again when a kept connection turns out to be dead (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

function flatHeaders(request: LocalRequest): string[] {
  const flat: string[] = [];
  for (const [name, value] of request.headers) flat.push(name, value);
  if (request.contentLength !== undefined) flat.push("content-length", String(request.contentLength));
  return flat;
}

function pairs(raw: readonly Buffer[]): HeaderPair[] {
  const headers: HeaderPair[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    headers.push([raw[i]?.toString("latin1") ?? "", raw[i + 1]?.toString("latin1") ?? ""]);
  }
  return headers;
}

/** The type says texts, the parser gives bytes as it does for headers. */
function trailerPairs(raw: readonly (string | Buffer)[] | null): HeaderPair[] {
  const texts = (raw ?? []).map((item) => (typeof item === "string" ? item : item.toString("latin1")));
  return texts.flatMap((name, at): HeaderPair[] => (at % 2 === 0 ? [[name, texts[at + 1] ?? ""]] : []));
}

class Call implements LocalCall {
  private readonly pool: Pool;
  /** Called once, when it holds no connection any more. */
  private readonly gone: () => void;
  private readonly request: LocalRequest;
  private readonly receiver: ResponseReceiver;
  private readonly outcome: (failure: FailureName | undefined) => void;
  private readonly mayRepeat: boolean;
  private abort: ((error: Error) => void) | undefined;
  private continueReading: (() => void) | undefined;
  private connected = false;
  private received = false;
  private repeated = false;
  private paused = false;
  private over = false;
  private starting = false;

  constructor(
    pool: Pool,
    gone: () => void,
    request: LocalRequest,
    receiver: ResponseReceiver,
    outcome: (failure: FailureName | undefined) => void,
  ) {
    this.pool = pool;
    this.gone = gone;
    this.request = request;
    this.receiver = receiver;
    this.outcome = outcome;
    const bodyIsKept = request.body === undefined || request.body instanceof Uint8Array;
    this.mayRepeat = bodyIsKept && IDEMPOTENT.has(request.method);
  }

  start(): void {
    const options = {
      path: this.request.target,
      // The type lists the common methods; any token is one.
      method: this.request.method as Dispatcher.HttpMethod,
      headers: flatHeaders(this.request),
      body: this.request.body ?? null,
    };
    this.starting = true;
    this.pool.dispatch(options, {
      onConnect: (abort) => {
        this.connected = true;
        this.abort = abort;
        if (this.over) abort(new Error("cancelled"));
      },
      onResponseStarted: () => {
        this.received = true;
      },
      onHeaders: (status, raw, resume) => this.head(status, raw, resume),
      onData: (chunk) => {
        if (!this.over) this.receiver.data(chunk);
        return !this.paused;
      },
      onComplete: (trailers) => {
        this.gone();
        if (this.over) return;
        this.over = true;
        this.receiver.end(trailerPairs(trailers));
      },
      onError: (error) => {
        // What undici finds wrong at once is told in a later turn too: the caller does not hold this call yet.
        if (this.starting) queueMicrotask(() => this.failed(error));
        else this.failed(error);
      },
    });
    this.starting = false;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (!this.over) this.continueReading?.();
  }

  cancel(): void {
    if (this.over) return;
    this.over = true;
    this.abort?.(new Error("cancelled"));
    if (this.request.body !== undefined && "destroy" in this.request.body) this.request.body.destroy();
  }

  private head(status: number, raw: readonly Buffer[], resume: () => void): boolean {
    // Interim answers concern this hop alone.
    if (status < 200 || this.over) return true;
    this.continueReading = resume;
    this.outcome(undefined);
    this.receiver.head(status, pairs(raw));
    return !this.paused;
  }

  private failed(error: Error): void {
    if (this.over) {
      this.gone();
      return;
    }
    if (this.mayRepeat && !this.repeated && this.connected && !this.received && looksStale(error)) {
      this.repeated = true;
      this.connected = false;
      this.abort = undefined;
      this.start();
      return;
    }
    this.over = true;
    this.gone();
    const name = failureName(error, this.connected);
    if (this.continueReading === undefined) this.outcome(name);
    this.receiver.failed(name);
  }
}

export function connectLocalApi(options: LocalApiOptions): LocalApi {
  const { maxCalls = MAX_CALLS } = options;
  let calls = 0;
  const pool = new Pool(options.target.origin, {
    connections: maxCalls,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
    headersTimeout: options.idleTimeoutMs,
    bodyTimeout: options.idleTimeoutMs,
    connect: { timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS },
  });
  const outcome = options.outcome ?? (() => undefined);
  return {
    send(request, receiver) {
      if (calls >= maxCalls) return tooMany(receiver);
      calls += 1;
      const gone = () => {
        calls -= 1;
      };
      const call = new Call(pool, gone, request, receiver, outcome);
      call.start();
      return call;
    },
    close: () => pool.destroy(),
  };
}

/** In a later turn: the caller does not hold the call yet. */
function tooMany(receiver: ResponseReceiver): LocalCall {
  let isOver = false;
  queueMicrotask(() => {
    if (!isOver) receiver.failed("TooManyCalls");
  });
  return {
    pause: () => undefined,
    resume: () => undefined,
    cancel() {
      isOver = true;
    },
  };
}
