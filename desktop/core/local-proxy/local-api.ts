/**
 * HTTP/1.1 to the local API as a stream: the answer's head, then its body as it comes, with pause, resume and cancel.
 * The API sees each request at once and may answer before the request has ended; a whole answer ends the call, and
 * with it what is left of the request. Host and port come from the target alone; redirects are answers like others; no
 * timeout counts total time, only time without progress. It trusts its caller to have applied the path and header
 * policies.
 */
import { Readable } from "node:stream";
import type { FailureName } from "./failure-name.ts";
import type { HeaderPair } from "./header-policy.ts";
import { keptTransport } from "./kept-transport.ts";
import { Call } from "./local-call.ts";
import type { LocalTarget } from "./local-target.ts";
import { streamedTransport } from "./streamed-transport.ts";
import type { LocalRequestHead, Transmission, TransmissionListener } from "./transport.ts";

export interface LocalRequest extends LocalRequestHead {
  /** A stream is read as fast as the API takes it, and destroyed when nobody wants the rest. */
  readonly body: Uint8Array | Readable | undefined;
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
  /** The receiver hears nothing before this has returned. */
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

/** Methods that may be sent again when a kept connection turns out to be dead (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

export function connectLocalApi(options: LocalApiOptions): LocalApi {
  const { target, idleTimeoutMs, connectTimeoutMs = CONNECT_TIMEOUT_MS, maxCalls = MAX_CALLS } = options;
  const timeouts = { idleTimeoutMs, connectTimeoutMs };
  const kept = keptTransport({ origin: target.origin, maxConnections: maxCalls, ...timeouts });
  const streamed = streamedTransport({ target, ...timeouts });
  const outcome = options.outcome ?? (() => undefined);
  let calls = 0;
  const gone = () => {
    calls -= 1;
  };
  return {
    send(request, receiver) {
      if (calls >= maxCalls) return tooMany(receiver);
      calls += 1;
      const { body } = request;
      const isStream = body instanceof Readable;
      const transmit = (listener: TransmissionListener): Transmission =>
        body instanceof Readable
          ? streamed.send(request, body, listener)
          : kept.send(request, body, listener);
      return new Call({
        transmit,
        mayRepeat: !isStream && IDEMPOTENT.has(request.method),
        receiver,
        outcome,
        gone,
      });
    },
    async close() {
      await Promise.all([kept.close(), streamed.close()]);
    },
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
