/**
 * The policy of one local call, whatever carries it: its receiver hears of it once and never after a cancel, a kept
 * connection that turns out to be dead is replaced once where that is safe, and failures get their names.
 */
import { type FailureName, failureName, looksStale } from "./failure-name.ts";
import type { HeaderPair } from "./header-policy.ts";
import type { LocalCall, ResponseReceiver } from "./local-api.ts";
import type { Transmission, TransmissionListener } from "./transport.ts";

export interface CallOptions {
  /** Sends the request; more than once only if it may be repeated. */
  readonly transmit: (listener: TransmissionListener) => Transmission;
  readonly mayRepeat: boolean;
  readonly receiver: ResponseReceiver;
  /** As `LocalApiOptions` has it. */
  readonly outcome: (failure: FailureName | undefined) => void;
  /** Called once, when it holds no connection any more. */
  readonly gone: () => void;
}

export class Call implements LocalCall, TransmissionListener {
  private readonly options: CallOptions;
  private transmission: Transmission;
  private isConnected = false;
  private hasReceived = false;
  private isAnswered = false;
  private isRepeated = false;
  private isPaused = false;
  private isOver = false;

  constructor(options: CallOptions) {
    this.options = options;
    this.transmission = options.transmit(this);
  }

  // From its owner.

  pause(): void {
    this.isPaused = true;
    this.transmission.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.transmission.resume();
  }

  cancel(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.transmission.abort();
  }

  // From the transport.

  connected(): void {
    this.isConnected = true;
  }

  received(): void {
    this.hasReceived = true;
  }

  head(status: number, headers: readonly HeaderPair[]): void {
    if (this.isOver) return;
    this.isAnswered = true;
    this.options.outcome(undefined);
    this.options.receiver.head(status, headers);
  }

  data(chunk: Uint8Array): void {
    if (!this.isOver) this.options.receiver.data(chunk);
  }

  end(trailers: readonly HeaderPair[]): void {
    this.options.gone();
    if (this.isOver) return;
    this.isOver = true;
    this.options.receiver.end(trailers);
  }

  failed(error: unknown): void {
    if (!this.isOver && this.shouldRepeat(error)) {
      this.isRepeated = true;
      this.isConnected = false;
      this.transmission = this.options.transmit(this);
      if (this.isPaused) this.transmission.pause();
      return;
    }
    this.options.gone();
    if (this.isOver) return;
    this.isOver = true;
    const name = failureName(error, this.isConnected);
    if (!this.isAnswered) this.options.outcome(name);
    this.options.receiver.failed(name);
  }

  private shouldRepeat(error: unknown): boolean {
    const isNew = !this.isRepeated && this.isConnected && !this.hasReceived;
    return this.options.mayRepeat && isNew && looksStale(error);
  }
}
