/** Listens to a stream and writes down what it hears, in order; consumes at once unless told not to. */
import type { HeaderPairs, ResponseHead } from "#shared/mux/heads.ts";
import type { MuxStream, StreamListener, StreamReset } from "#shared/mux/stream.ts";

export class Recorder implements StreamListener {
  /** Names of events in order; `data` and `writable` once for any number in a row. */
  readonly events: string[] = [];
  head: ResponseHead | undefined;
  trailers: HeaderPairs | undefined;
  failure: StreamReset | undefined;
  readonly messages: { bytes: Uint8Array; isText: boolean }[] = [];
  closeCode: number | undefined;
  /** Total of body bytes, and a hash of them in order. */
  received = 0;
  hash = 0;
  /** Delivered and not consumed. */
  unconsumed = 0;
  /** The stream, once there is one. */
  stream: MuxStream | undefined;
  /** Consume what comes at once. */
  eager: boolean;
  onWritable: (() => void) | undefined;

  constructor({ eager = true }: { eager?: boolean } = {}) {
    this.eager = eager;
  }

  response(head: ResponseHead): void {
    this.head = head;
    this.note("response");
  }

  data(chunk: Uint8Array): void {
    this.received += chunk.length;
    this.hash = hashOf(chunk, this.hash);
    this.note("data");
    this.hold(chunk.length);
  }

  message(bytes: Uint8Array, isText: boolean, cost: number): void {
    this.messages.push({ bytes, isText });
    this.note("message");
    this.hold(cost);
  }

  messageClose(code: number, reason: string): void {
    this.closeCode = code;
    this.note(`close ${reason}`);
  }

  end(trailers: HeaderPairs | undefined): void {
    this.trailers = trailers;
    this.note("end");
  }

  reset(reset: StreamReset): void {
    this.failure = reset;
    this.note(`reset ${reset.code}`);
  }

  writable(): void {
    this.onWritable?.();
  }

  stopped(): void {
    this.note("stopped");
  }

  finished(): void {
    this.note("finished");
  }

  /** Consumes what was held back. */
  consume(bytes = this.unconsumed): void {
    this.unconsumed -= bytes;
    this.stream?.consumed(bytes);
  }

  private hold(bytes: number): void {
    this.unconsumed += bytes;
    if (this.eager) this.consume();
  }

  private note(event: string): void {
    if (event !== "data" || this.events.at(-1) !== "data") this.events.push(event);
  }
}

/** FNV-1a, continued from `start`: enough to tell bytes that are missing, doubled or out of order. */
export function hashOf(bytes: Uint8Array, start = 0): number {
  let hash = start === 0 ? 0x811c9dc5 : start;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
