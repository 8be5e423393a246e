/**
 * One HTTP request of a device, carried out against the local API: both bodies as they come, under the stream's
 * credit. Either side giving up ends the other. An answer that was cut is a reset and never a short success; an API
 * that cannot be reached is a reset too, because a 502 could be the API's own word.
 */
import type { HeaderPair, HeaderPairs } from "#shared/mux/heads.ts";
import { MuxError } from "#shared/mux/mux-error.ts";
import type { FailureCode } from "#shared/mux/reset-codes.ts";
import type { NodeStream, StreamListener } from "#shared/mux/stream.ts";
import type { ActivityRecord } from "../activity/activity-log.ts";
import type { AppRequest } from "../apps/app-desk.ts";
import { withoutSetCookie } from "../apps/app-headers.ts";
import type { FailureName } from "../local-proxy/failure-name.ts";
import { responseHeaders } from "../local-proxy/header-policy.ts";
import type { LocalApi, LocalCall, LocalRequest, ResponseReceiver } from "../local-proxy/local-api.ts";
import { refuse } from "./refusal.ts";
import { RequestBody } from "./request-body.ts";

/** Answers without a body, whatever their headers say (RFC 9110 section 6.4.1). */
const BODILESS = new Set([204, 205, 304]);
const BAD_GATEWAY = 502;

export interface HttpExchangeOptions {
  readonly stream: NodeStream;
  readonly api: LocalApi;
  /** Everything but the body. */
  readonly request: Omit<LocalRequest, "body" | "contentLength">;
  /** What the client announced. */
  readonly contentLength: number | undefined;
  readonly record: ActivityRecord;
  /** For a web app: what becomes of the answer's headers. */
  readonly app: Pick<AppRequest, "answered"> | undefined;
}

/** Starts it, in this turn when there is no body, else in the next, when a small body has come whole. */
export function exchangeHttp(options: HttpExchangeOptions): StreamListener {
  return new HttpExchange(options);
}

class HttpExchange implements StreamListener {
  private readonly options: HttpExchangeOptions;
  private readonly stream: NodeStream;
  private readonly record: ActivityRecord;
  private call: LocalCall | undefined;
  private body: RequestBody | undefined;
  /** Chunks of a body that may turn out to be small. */
  private early: Uint8Array[] = [];
  private hasRequestEnded: boolean;
  private hasResponded = false;
  private isOver = false;

  constructor(options: HttpExchangeOptions) {
    this.options = options;
    this.stream = options.stream;
    this.record = options.record;
    this.hasRequestEnded = options.stream.request.end === true;
    if (this.hasRequestEnded) this.start(undefined);
    else queueMicrotask(() => this.begin());
  }

  // From the device.

  data(chunk: Uint8Array): void {
    this.record.received(chunk.length);
    this.record.capture?.requestBody(chunk);
    if (this.isOver) this.stream.consumed(chunk.length);
    else if (this.body !== undefined) this.body.add(chunk);
    else this.early.push(chunk);
  }

  end(): void {
    this.hasRequestEnded = true;
    this.body?.complete();
  }

  writable(): void {
    this.call?.resume();
  }

  reset(): void {
    this.abandon("failed");
  }

  stopped(): void {
    this.abandon("done");
  }

  // From the local API.

  answered(status: number, headers: readonly HeaderPair[]): void {
    if (this.isOver) return;
    const isBodiless = this.stream.request.method === "HEAD" || BODILESS.has(status);
    const { app } = this.options;
    const forwarded = responseHeaders(headers);
    const own = app?.answered(forwarded) ?? forwarded;
    try {
      this.stream.respond({ status, headers: own, ...(isBodiless && { end: true }) });
    } catch (error) {
      if (!(error instanceof MuxError)) throw error;
      this.refuseAnswer();
      return;
    }
    this.hasResponded = true;
    this.record.capture?.response(own);
    this.record.status(status);
  }

  receive(chunk: Uint8Array): void {
    if (this.isOver) return;
    this.record.sent(chunk.length);
    this.record.capture?.responseBody(chunk);
    if (!this.stream.write(chunk)) this.call?.pause();
  }

  complete(trailers: HeaderPairs): void {
    if (this.isOver) return;
    this.isOver = true;
    try {
      const { app } = this.options;
      const forwarded = responseHeaders(trailers);
      // A cookie in a trailer sets nothing (RFC 9110 section 6.5.1).
      this.stream.end(app === undefined ? forwarded : withoutSetCookie(forwarded).rest);
    } catch (error) {
      if (!(error instanceof MuxError)) throw error;
      // Trailers that cannot be forwarded; the body came whole all the same.
      this.stream.end();
    }
    if (!this.hasRequestEnded) {
      this.discardBody();
      this.stream.stop();
    }
    this.record.finish("done");
  }

  failed(name: FailureName): void {
    if (this.isOver) return;
    if (name === "HeadersTooLarge" && !this.hasResponded) {
      this.refuseAnswer();
      return;
    }
    this.abandon("failed");
    this.stream.reset(resetCode(name, this.hasResponded), name);
  }

  /** The API's head is too large or none that HTTP allows. */
  private refuseAnswer(): void {
    this.record.status(BAD_GATEWAY);
    this.abandon("failed");
    refuse(this.stream, BAD_GATEWAY, "bad_response");
  }

  private begin(): void {
    if (this.isOver) return;
    if (this.hasRequestEnded) {
      const whole = Buffer.concat(this.early);
      this.early = [];
      if (whole.length > 0) this.stream.consumed(whole.length);
      this.start(whole);
      return;
    }
    this.body = new RequestBody((bytes) => this.stream.consumed(bytes));
    for (const chunk of this.early) this.body.add(chunk);
    this.early = [];
    this.start(this.body);
  }

  private start(body: LocalRequest["body"]): void {
    const { api, request, contentLength } = this.options;
    // A whole body speaks for itself, unless it is not what was announced.
    if (body instanceof Uint8Array && contentLength !== undefined && contentLength !== body.length) {
      this.failed("LocalProtocolError");
      return;
    }
    const length = body instanceof RequestBody && contentLength !== undefined ? { contentLength } : {};
    const { method, target, headers } = request;
    this.call = api.send({ method, target, headers, body, ...length }, new Answer(this));
    if (this.isOver) this.call.cancel();
  }

  private abandon(outcome: "done" | "failed"): void {
    if (this.isOver) return;
    this.isOver = true;
    this.discardBody();
    this.call?.cancel();
    this.record.finish(outcome);
  }

  private discardBody(): void {
    this.early = [];
    this.body?.cut();
  }
}

/** The exchange as its local call tells it. The two sides use the same words for opposite directions. */
class Answer implements ResponseReceiver {
  private readonly exchange: HttpExchange;

  constructor(exchange: HttpExchange) {
    this.exchange = exchange;
  }

  head(status: number, headers: readonly HeaderPair[]): void {
    this.exchange.answered(status, headers);
  }

  data(chunk: Uint8Array): void {
    this.exchange.receive(chunk);
  }

  end(trailers: readonly HeaderPair[]): void {
    this.exchange.complete(trailers);
  }

  failed(name: FailureName): void {
    this.exchange.failed(name);
  }
}

/** What the device is told. The connection's failures name the hop; the API's own ones do not. */
function resetCode(name: FailureName, hasResponded: boolean): FailureCode {
  if (name === "TooManyCalls") return "refused";
  if (name === "ReadTimeout") return "timeout";
  if (name === "LocalProtocolError") return "protocol";
  return hasResponded ? "truncated" : "unreachable";
}
