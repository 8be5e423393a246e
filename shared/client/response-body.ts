/**
 * The body of an answer as a ReadableStream. What arrived waits here until it is read, and only then does the PC get
 * credit for more; once all has come that is over, because an answer whose body nobody reads must not keep its place
 * for good. From then on what waits, at most the stream's window, belongs to whoever holds the stream: nothing here
 * keeps it alive. It ends when everything has come, and fails when not.
 */

export interface ResponseBodySource {
  /** So many bytes have been read, or need not be. */
  consumed(bytes: number): void;
  /** The reader wants no more. */
  cancelled(): void;
  /** Nothing will be read any more: all has been, or it was cancelled, or it failed. */
  closed(): void;
}

export class ResponseBody {
  readonly stream: ReadableStream<Uint8Array>;
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  private readonly source: ResponseBodySource;
  private chunks: Uint8Array[] = [];
  private outcome: "open" | "ended" | "over" = "open";
  private isWanted = false;

  constructor(source: ResponseBodySource) {
    this.source = source;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => this.pull(),
        cancel: () => {
          this.finish();
          source.cancelled();
        },
      },
      { highWaterMark: 0 },
    );
  }

  push(chunk: Uint8Array): void {
    if (this.outcome !== "open") return;
    if (this.isWanted) this.give(chunk);
    else this.chunks.push(chunk);
  }

  end(): void {
    if (this.outcome !== "open") return;
    this.outcome = "ended";
    const waiting = this.chunks.reduce((bytes, chunk) => bytes + chunk.length, 0);
    if (waiting > 0) this.source.consumed(waiting);
    else this.close();
  }

  fail(error: unknown): void {
    if (this.outcome === "over") return;
    this.finish();
    this.controller?.error(error);
  }

  private pull(): void {
    const chunk = this.chunks.shift();
    if (chunk === undefined) this.isWanted = true;
    else this.give(chunk);
    if (this.outcome === "ended" && this.chunks.length === 0) this.close();
  }

  private give(chunk: Uint8Array): void {
    this.isWanted = false;
    this.controller?.enqueue(chunk);
    // The credit of what waited for its reader went back when the rest had come.
    if (this.outcome === "open") this.source.consumed(chunk.length);
  }

  private close(): void {
    this.finish();
    this.controller?.close();
  }

  private finish(): void {
    this.outcome = "over";
    this.chunks = [];
    this.source.closed();
  }
}
