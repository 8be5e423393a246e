/**
 * A request body on its way into a stream: read only as fast as the stream takes it. A chunk that was read and not yet
 * given to a stream is kept, so that a request nobody has seen can be sent once more, whole.
 */
import type { MuxStream } from "#shared/mux/stream.ts";

export class RequestBody {
  private readonly source: ReadableStream<Uint8Array>;
  private reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  private ahead: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;
  private roomMade: (() => void) | undefined;
  private hasGiven = false;
  private isCancelled = false;

  constructor(source: ReadableStream<Uint8Array>) {
    this.source = source;
  }

  /** Whether a stream has been given anything: then it cannot be sent again. */
  get wasGiven(): boolean {
    return this.hasGiven;
  }

  /**
   * Sends everything, then END. Resolves early when the stream is over or nobody wants the rest. Rejects when the source
   * fails or gives something that is not bytes.
   */
  async sendTo(stream: MuxStream): Promise<void> {
    this.reader ??= this.source.getReader();
    for (;;) {
      this.ahead ??= this.reader.read();
      const { done, value } = await this.ahead;
      if (!stream.isOpen || this.isCancelled) return;
      this.ahead = undefined;
      this.hasGiven = true;
      if (done) return stream.end();
      if (!(value instanceof Uint8Array)) throw new TypeError("a request body must give Uint8Arrays");
      if (!stream.write(value)) {
        await new Promise<void>((resolve) => {
          this.roomMade = resolve;
        });
      }
    }
  }

  /** The stream takes more, or is over. */
  writable(): void {
    this.roomMade?.();
    this.roomMade = undefined;
  }

  /** Nobody wants the rest. */
  cancel(reason: unknown): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    this.writable();
    const cancelled = this.reader?.cancel(reason) ?? this.source.cancel(reason);
    // A source that fails while it is told to stop has nobody left to tell.
    cancelled.catch(() => undefined);
  }
}
