/**
 * One direction of a stream on its way in: what the peer may send next, the credit for it, and what the
 * application gets to see. It throws MuxError `protocol` for whatever does not belong here.
 */
import { WS_FLAG } from "./inner-types.ts";
import { MessageAssembler, type WholeMessage } from "./message-assembler.ts";
import { MuxError } from "./mux-error.ts";
import type { StreamWindow } from "./stream-window.ts";

/** What may come: nothing before its time; then body, or messages, or END alone. */
export type ReceiveMode = "silent" | "body" | "messages" | "end";

/** A view this much smaller than what it keeps alive is copied: a byte must not hold 64 KiB of memory. */
const COPY_BELOW = 1 / 4;

export class ReceiveSide {
  readonly window: StreamWindow;
  mode: ReceiveMode;
  private discarding = false;
  private ended = false;
  private isClosed = false;
  private assembler: MessageAssembler | undefined;

  constructor(window: StreamWindow, mode: ReceiveMode) {
    this.window = window;
    this.mode = mode;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  /** The application asked the peer to stop. */
  get isDiscarding(): boolean {
    return this.discarding;
  }

  /** From now on what comes is counted and dropped. */
  discard(): void {
    this.discarding = true;
    this.dropMessage();
  }

  /** Body bytes to deliver, or undefined when they are dropped. */
  data(payload: Uint8Array): Uint8Array | undefined {
    if (this.ended || this.mode !== "body") throw new MuxError("protocol", "DATA where none may be");
    if (payload.length === 0) throw new MuxError("protocol", "DATA without data");
    this.window.receive(payload.length);
    if (!this.discarding) return keepable(payload);
    this.window.discard(payload.length);
    return undefined;
  }

  /**
   * Checks and counts a WS frame, CLOSE included, whose flags have been decoded. Returns a message when it is
   * whole; throws `message_too_large` too.
   */
  messageFrame(flags: number, payload: Uint8Array): WholeMessage | undefined {
    if (this.ended || this.mode !== "messages" || this.isClosed) {
      throw new MuxError("protocol", "WS where none may be");
    }
    this.window.receive(payload.length);
    if (flags === WS_FLAG.CLOSE) {
      this.isClosed = true;
      this.dropMessage();
      this.window.discard(payload.length);
      return undefined;
    }
    if (this.discarding) {
      this.window.discard(payload.length);
      return undefined;
    }
    this.assembler ??= new MessageAssembler();
    const message = this.assembler.push(flags, payload);
    this.window.setPart(this.assembler.pendingCost);
    return message && { ...message, bytes: keepable(message.bytes) };
  }

  /** A message has begun and is not whole. */
  get isInMessage(): boolean {
    return this.pendingCost > 0;
  }

  private get pendingCost(): number {
    return this.assembler?.pendingCost ?? 0;
  }

  /** The peer's direction is complete. */
  end(): void {
    if (this.ended || this.mode === "silent") throw new MuxError("protocol", "END where none may be");
    if (this.isInMessage) throw new MuxError("protocol", "END inside a message");
    this.ended = true;
    this.window.finish();
  }

  /** The stream is lost: nothing more comes, and nothing that came matters. */
  abandon(): void {
    this.ended = true;
    this.assembler = undefined;
    this.window.release();
  }

  /** The pieces of a message that will not be whole. */
  private dropMessage(): void {
    this.window.discard(this.pendingCost);
    this.window.setPart(0);
    this.assembler = undefined;
  }
}

function keepable(bytes: Uint8Array): Uint8Array {
  return bytes.length < bytes.buffer.byteLength * COPY_BELOW ? bytes.slice() : bytes;
}
