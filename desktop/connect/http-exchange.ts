/**
 * One local HTTP request, carried to the PC and back as it comes, under the stream's credit. Either side giving up ends
 * the other. An answer that is cut ends the local connection without its proper end, so that nobody takes it for whole.
 * A request is sent again only when the PC has not touched it, or when it may be repeated and has no body.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { announcedLength, hasNoBody } from "#shared/client/content-length.ts";
import { mayRepeat } from "#shared/client/may-repeat.ts";
import type { Problem } from "#shared/client/problem.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import { failureProblem, resetProblem } from "#shared/client/reset-problems.ts";
import type { StreamDoor } from "#shared/client/stream-door.ts";
import type { HeaderPairs, RequestHead, ResponseHead } from "#shared/mux/heads.ts";
import { MuxError } from "#shared/mux/mux-error.ts";
import type { FailureCode } from "#shared/mux/reset-codes.ts";
import type { MuxStream, StreamListener, StreamReset } from "#shared/mux/stream.ts";
import type { IncomingHead } from "./incoming-head.ts";
import { type FlushLater, LocalAnswer } from "./local-answer.ts";
import { LocalBody } from "./local-body.ts";
import { answerProblem } from "./problem-answer.ts";

const MAX_ATTEMPTS = 3;

export interface HttpExchangeOptions {
  readonly door: StreamDoor;
  readonly flushLater: FlushLater;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: IncomingHead;
}

export class HttpExchange implements StreamListener {
  private readonly door: StreamDoor;
  private readonly incoming: IncomingMessage;
  private readonly outgoing: ServerResponse;
  private readonly head: RequestHead;
  private readonly answer: LocalAnswer;
  private readonly body: LocalBody | undefined;
  /** For a request that has to wait for its stream. */
  private waiting: AbortController | undefined;
  private stream: MuxStream | undefined;
  private attempts = 0;
  private hasResponse = false;
  private takesBody = true;
  private expected: number | undefined;
  private received = 0;
  private isOver = false;

  constructor({ door, flushLater, request, response, head }: HttpExchangeOptions) {
    this.door = door;
    this.incoming = request;
    this.outgoing = response;
    const { method = "GET", url = "" } = request;
    this.head = { method, path: url, headers: head.forwarded, ...(!head.hasBody && { end: true }) };
    this.body = head.hasBody ? new LocalBody(request, () => this.stream) : undefined;
    this.answer = new LocalAnswer(response, {
      taken: (bytes) => this.stream?.consumed(bytes),
      failed: () => this.giveUp("internal", { code: "bad_response" }),
      flushLater,
    });
  }

  start(): void {
    this.outgoing.on("close", () => {
      if (!this.outgoing.writableFinished) this.clientGone();
    });
    if (this.body !== undefined) {
      this.incoming.on("close", () => {
        if (!this.incoming.complete) this.clientGone();
      });
    }
    this.send();
  }

  // From the PC.

  response(head: ResponseHead): void {
    const length = announcedLength(head.headers);
    if (length === "invalid") {
      this.giveUp("protocol", { code: "bad_response" });
      return;
    }
    this.hasResponse = true;
    this.takesBody = !hasNoBody(this.head.method, head.status);
    if (this.takesBody) this.expected = length;
    this.answer.head(head);
  }

  data(chunk: Uint8Array): void {
    this.received += chunk.length;
    const isTooMuch = this.expected !== undefined && this.received > this.expected;
    if (!this.takesBody || isTooMuch) this.giveUp("protocol", { code: "bad_response" });
    else this.answer.write(chunk);
  }

  end(trailers: HeaderPairs | undefined): void {
    if (this.expected !== undefined && this.received < this.expected) {
      this.giveUp("truncated", { code: "truncated" });
    } else {
      this.answer.end(trailers);
    }
  }

  reset(reset: StreamReset): void {
    if (this.isOver) return;
    const wasSent = (this.stream?.id ?? 0) > 0;
    const request = { method: this.head.method, hasBody: this.body !== undefined };
    const isUntouched = !this.hasResponse && this.body?.wasGiven !== true;
    if (isUntouched && this.attempts < MAX_ATTEMPTS && mayRepeat(reset, wasSent, request)) {
      this.body?.hold();
      this.send();
    } else if (this.hasResponse) {
      this.conclude(resetProblem(reset));
    } else {
      void failureProblem(this.door, reset).then((problem) => this.conclude(problem));
    }
  }

  writable(): void {
    this.body?.resume();
  }

  stopped(): void {
    this.body?.discard();
  }

  finished(): void {
    this.over();
  }

  // From this side.

  private send(): void {
    this.attempts += 1;
    try {
      const stream = this.door.tryOpen(this.head, this);
      if (stream !== undefined) {
        this.opened(stream);
        return;
      }
    } catch (error) {
      this.refused(error);
      return;
    }
    this.waiting = new AbortController();
    this.door.open(this.head, this, { signal: this.waiting.signal }).then(
      (stream) => this.opened(stream),
      (error: unknown) => this.refused(error),
    );
  }

  private opened(stream: MuxStream): void {
    this.stream = stream;
    if (this.isOver) stream.reset("cancelled");
    else this.body?.start();
  }

  private refused(error: unknown): void {
    if (this.isOver) return;
    if (error instanceof RelayError) this.conclude(error.problem);
    else if (error instanceof MuxError) this.conclude({ code: "bad_request" });
    else throw error;
  }

  /** Ends the stream from this side, because what came over it cannot be passed on. */
  private giveUp(code: FailureCode, problem: Problem): void {
    if (this.isOver) return;
    this.stream?.reset(code);
    this.conclude(problem);
  }

  /** The stream is over, and not as it should be. */
  private conclude(problem: Problem): void {
    if (this.isOver) return;
    this.over();
    if (!this.answer.cut()) answerProblem(this.outgoing, problem);
    this.body?.discard();
  }

  private clientGone(): void {
    if (this.isOver) return;
    this.over();
    this.waiting?.abort();
    this.stream?.reset("cancelled");
  }

  private over(): void {
    this.isOver = true;
    this.door.released();
  }
}
