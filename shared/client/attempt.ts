/**
 * One try at an exchange: a request on one stream. It either gets the head of an answer, and from then on the body
 * tells how it ends, or it says what happened, so that the exchange can decide whether to try again.
 */
import type { HeaderPairs, RequestHead, ResponseHead } from "#shared/mux/heads.ts";
import type { FailureCode } from "#shared/mux/reset-codes.ts";
import type { MuxStream, StreamListener, StreamReset } from "#shared/mux/stream.ts";
import { announcedLength, hasNoBody } from "./content-length.ts";
import { RelayError } from "./relay-error.ts";
import type { RequestBody } from "./request-body.ts";
import { resetProblem } from "./reset-problems.ts";
import { ResponseBody } from "./response-body.ts";

export interface ExchangeResponse {
  /** 200 to 999. Redirects are answers like others. */
  readonly status: number;
  /** As the API sent them: in its order, and several of one name stay several. */
  readonly headers: HeaderPairs;
  /** Null where HTTP has no body. Fails with `truncated` when it was cut. Not decompressed. */
  readonly body: ReadableStream<Uint8Array> | null;
}

export type AttemptResult =
  | { readonly ok: true; readonly response: ExchangeResponse }
  | {
      readonly ok: false;
      /** What the stream said. */
      readonly reset?: StreamReset;
      /** Whether the PC can have seen the request. */
      readonly wasSent: boolean;
      /** What it failed with on this side: not to be tried again. */
      readonly error?: unknown;
    };

export class Attempt implements StreamListener {
  private readonly head: RequestHead;
  private readonly requestBody: RequestBody | undefined;
  private readonly signal: AbortSignal | undefined;
  private readonly released: () => void;
  private stream: MuxStream | undefined;
  private settle: ((result: AttemptResult) => void) | undefined;
  /** What happened before `run`. */
  private early: AttemptResult | undefined;
  private body: ResponseBody | undefined;
  private hasAnswered = false;
  private expected: number | undefined;
  private received = 0;
  private isOver = false;

  constructor(
    head: RequestHead,
    requestBody: RequestBody | undefined,
    signal: AbortSignal | undefined,
    released: () => void,
  ) {
    this.head = head;
    this.requestBody = requestBody;
    this.signal = signal;
    this.released = released;
  }

  /** Sends the body and waits for the answer's head. */
  run(stream: MuxStream): Promise<AttemptResult> {
    this.stream = stream;
    return new Promise((resolve) => {
      this.settle = resolve;
      if (this.early !== undefined) resolve(this.early);
      if (this.isOver) return;
      if (this.signal?.aborted) return this.abort();
      this.signal?.addEventListener("abort", this.abort);
      this.requestBody?.sendTo(stream).catch((error: unknown) => this.giveUp("cancelled", error));
    });
  }

  response(head: ResponseHead): void {
    const { status, headers } = head;
    const length = announcedLength(headers);
    if (length === "invalid") {
      this.giveUp("protocol", new RelayError({ code: "bad_response" }));
      return;
    }
    this.hasAnswered = true;
    if (!hasNoBody(this.head.method, status)) {
      this.expected = length;
      this.body = new ResponseBody({
        consumed: (bytes) => this.stream?.consumed(bytes),
        cancelled: () => this.leave("cancelled", undefined),
        closed: () => this.signal?.removeEventListener("abort", this.abort),
      });
    }
    this.report({ ok: true, response: { status, headers, body: this.body?.stream ?? null } });
  }

  data(chunk: Uint8Array): void {
    this.received += chunk.length;
    const isTooMuch = this.expected !== undefined && this.received > this.expected;
    if (this.body === undefined || isTooMuch) {
      this.giveUp("protocol", new RelayError({ code: "bad_response" }));
    } else {
      this.body.push(chunk);
    }
  }

  end(): void {
    if (this.expected !== undefined && this.received < this.expected) {
      this.giveUp("truncated", new RelayError({ code: "truncated" }));
    } else {
      this.body?.end();
    }
  }

  reset(reset: StreamReset): void {
    if (this.isOver) return;
    this.finish();
    this.requestBody?.writable();
    if (this.hasAnswered) {
      this.requestBody?.cancel(undefined);
      this.body?.fail(new RelayError(resetProblem(reset)));
    }
    this.report({ ok: false, reset, wasSent: (this.stream?.id ?? 0) > 0 });
  }

  writable(): void {
    this.requestBody?.writable();
  }

  /** The PC has answered without needing the rest of the body. */
  stopped(): void {
    this.requestBody?.cancel(undefined);
  }

  finished(): void {
    this.finish();
  }

  private readonly abort = () => this.giveUp("cancelled", this.signal?.reason);

  /** Ends the exchange from this side, and tells whoever waits for it or reads it. */
  private giveUp(code: FailureCode, error: unknown): void {
    this.leave(code, error);
    this.body?.fail(error);
    this.report({ ok: false, wasSent: true, error });
  }

  /** Also once the stream is over: it forgets what was not read. */
  private leave(code: FailureCode, error: unknown): void {
    this.stream?.reset(code);
    if (this.isOver) return;
    this.finish();
    this.requestBody?.cancel(error);
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.body === undefined) this.signal?.removeEventListener("abort", this.abort);
    this.released();
  }

  private report(result: AttemptResult): void {
    if (this.settle === undefined) this.early ??= result;
    else this.settle(result);
  }
}
