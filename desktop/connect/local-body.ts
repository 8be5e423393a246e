/**
 * The body of a local request on its way to the PC: read while the stream takes it, and never left paused. A paused
 * connection that went back to its client's pool would hang that client's next request.
 */
import type { IncomingMessage } from "node:http";
import { MuxError } from "#shared/mux/mux-error.ts";
import type { MuxStream } from "#shared/mux/stream.ts";
import { headerPairs } from "./incoming-head.ts";
import { dropBody } from "./lingering-close.ts";

export class LocalBody {
  private readonly request: IncomingMessage;
  private readonly stream: () => MuxStream | undefined;
  private hasStarted = false;
  private hasGiven = false;
  private isDiscarding = false;

  constructor(request: IncomingMessage, stream: () => MuxStream | undefined) {
    this.request = request;
    this.stream = stream;
  }

  /** Whether anything of it has been given to a stream. */
  get wasGiven(): boolean {
    return this.hasGiven;
  }

  /** There is a stream to send to. */
  start(): void {
    if (!this.hasStarted) {
      this.hasStarted = true;
      this.request.on("data", (chunk: Buffer) => this.give(chunk));
      this.request.on("end", () => this.finish());
    }
    this.resume();
  }

  /** The stream is gone, and there will be another. */
  hold(): void {
    this.request.pause();
  }

  resume(): void {
    this.request.resume();
  }

  /** Nobody wants the rest. */
  discard(): void {
    if (this.isDiscarding) return;
    this.isDiscarding = true;
    dropBody(this.request);
  }

  private give(chunk: Buffer): void {
    if (this.isDiscarding) return;
    this.hasGiven = true;
    if (this.stream()?.write(chunk) === false) this.request.pause();
  }

  private finish(): void {
    if (this.isDiscarding) return;
    this.hasGiven = true;
    const trailers = headerPairs(this.request.rawTrailers);
    try {
      this.stream()?.end(trailers);
    } catch (error) {
      if (!(error instanceof MuxError)) throw error;
      // Trailers that the tunnel refuses: the body is whole without them.
      this.stream()?.end();
    }
  }
}
