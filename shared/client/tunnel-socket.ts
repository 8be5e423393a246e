/**
 * A WebSocket to the API on the PC, through the tunnel, with the browser's interface as far as it makes sense: `on…`
 * handlers, text and binary, close codes, `bufferedAmount`. A cut connection closes it with 1006, at once.
 */
import type { HeaderPairs, RequestHead, ResponseHead } from "#shared/mux/heads.ts";
import type { MuxStream, StreamListener } from "#shared/mux/stream.ts";
import type { StreamDoor } from "./stream-door.ts";

/** Abnormal, invalid text, too big, none given: RFC 6455 section 7.4.1. */
const ABNORMAL = 1006;
const NO_STATUS = 1005;
const NORMAL = 1000;
const INVALID_TEXT = 1007;
const MAX_CLOSE_REASON_BYTES = 123;

export interface TunnelSocketOptions {
  readonly path: string;
  readonly protocols?: readonly string[];
  /** Such as cookies. The WebSocket's own headers are not among them. */
  readonly headers?: HeaderPairs;
  readonly waitMs?: number | undefined;
}

export interface TunnelMessage {
  readonly data: string | ArrayBuffer;
}

export interface TunnelClose {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

export class TunnelSocket implements StreamListener {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readonly extensions = "";
  onopen: (() => void) | null = null;
  onmessage: ((message: TunnelMessage) => void) | null = null;
  /** Before `onclose`, when it did not end in order. */
  onerror: (() => void) | null = null;
  onclose: ((close: TunnelClose) => void) | null = null;
  private state: 0 | 1 | 2 | 3 = 0;
  private selected = "";
  private stream: MuxStream | undefined;
  private readonly door: StreamDoor;
  private readonly abort = new AbortController();
  private readonly protocols: readonly string[];
  private peerClose: { code: number; reason: string } | undefined;
  private hasPeerEnded = false;

  constructor(door: StreamDoor, { path, protocols = [], headers = [], waitMs }: TunnelSocketOptions) {
    if (
      new Set(protocols).size !== protocols.length ||
      !protocols.every((name) => /^[!#$%&'*+\-.^_`|~\w]+$/.test(name))
    ) {
      throw new SyntaxError("a subprotocol is not a token, or named twice");
    }
    this.door = door;
    this.protocols = protocols;
    const offered: HeaderPairs =
      protocols.length > 0 ? [["sec-websocket-protocol", protocols.join(", ")]] : [];
    const head: RequestHead = {
      method: "GET",
      path,
      headers: [...headers, ...offered],
      upgrade: "websocket",
    };
    door.open(head, this, { signal: this.abort.signal, waitMs }).then(
      (stream) => {
        this.stream = stream;
        if (this.state !== this.CONNECTING) stream.reset("cancelled");
      },
      () => this.over(ABNORMAL, "", false),
    );
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.state;
  }

  /** The subprotocol that the API selected. */
  get protocol(): string {
    return this.selected;
  }

  /** Bytes that were sent and have not left yet. */
  get bufferedAmount(): number {
    return this.stream?.bufferedBytes ?? 0;
  }

  /**
   * Sends a message of at most 16 MiB; ignored once it is closing.
   * @throws DOMException InvalidStateError while connecting; MuxError `message_too_large`.
   */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.state === this.CONNECTING) throw new DOMException("still connecting", "InvalidStateError");
    if (this.state !== this.OPEN) return;
    if (typeof data === "string") this.stream?.sendMessage(new TextEncoder().encode(data), true);
    // A copy: the caller may go on writing into its own.
    else if (data instanceof ArrayBuffer) this.stream?.sendMessage(new Uint8Array(data.slice(0)), false);
    else
      this.stream?.sendMessage(new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(), false);
  }

  /**
   * Closes in order, after what was sent.
   * @throws DOMException for a code other than 1000 and 3000 to 4999, or a reason above 123 bytes.
   */
  close(code?: number, reason = ""): void {
    if (code !== undefined && code !== NORMAL && !(code >= 3000 && code <= 4999)) {
      throw new DOMException("a close code is 1000 or 3000 to 4999", "InvalidAccessError");
    }
    if (new TextEncoder().encode(reason).length > MAX_CLOSE_REASON_BYTES) {
      throw new DOMException("a close reason has at most 123 bytes", "SyntaxError");
    }
    if (this.state >= this.CLOSING) return;
    if (this.state === this.CONNECTING) {
      this.abort.abort();
      this.stream?.reset("cancelled");
      this.overSoon();
      return;
    }
    this.state = this.CLOSING;
    if (code === undefined) this.stream?.sendMessageClose();
    else this.stream?.sendMessageClose(code, reason);
    this.settle();
  }

  response({ status, headers }: ResponseHead): void {
    if (this.state !== this.CONNECTING) return;
    const names = headers
      .filter(([name]) => name.toLowerCase() === "sec-websocket-protocol")
      .map(([, value]) => value);
    const [selected = ""] = names;
    const isOffered = names.length === 0 || (names.length === 1 && this.protocols.includes(selected));
    if (status !== 101 || !isOffered) {
      this.fail();
      return;
    }
    this.selected = selected;
    this.state = this.OPEN;
    this.onopen?.();
  }

  message(bytes: Uint8Array, isText: boolean, cost: number): void {
    this.stream?.consumed(cost);
    if (this.state !== this.OPEN) return;
    const data = isText ? decodeText(bytes) : bytes.slice().buffer;
    if (data === undefined) this.failWith(INVALID_TEXT);
    else this.onmessage?.({ data });
  }

  messageClose(code: number, reason: string): void {
    this.peerClose = { code, reason };
    if (this.state === this.OPEN) {
      this.state = this.CLOSING;
      // The answer repeats the code, as RFC 6455 has it.
      this.stream?.sendMessageClose(code === NO_STATUS ? undefined : code, "");
    }
  }

  /** Body of an answer that is no 101: nobody reads it. */
  data(): void {
    this.fail();
  }

  end(): void {
    this.hasPeerEnded = true;
    this.settle();
  }

  reset(): void {
    this.over(ABNORMAL, "", false);
  }

  writable(): void {
    // `bufferedAmount` is all a browser's socket tells, so there is nobody to wake.
  }

  finished(): void {
    this.settle();
  }

  private settle(): void {
    if (!this.hasPeerEnded) return;
    if (this.peerClose === undefined) this.over(ABNORMAL, "", false);
    else this.over(this.peerClose.code, this.peerClose.reason, true);
  }

  private fail(): void {
    this.stream?.reset("cancelled");
    this.over(ABNORMAL, "", false);
  }

  private failWith(code: number): void {
    this.stream?.sendMessageClose(code, "");
    this.state = this.CLOSING;
    this.peerClose = undefined;
  }

  private overSoon(): void {
    this.state = this.CLOSING;
    queueMicrotask(() => this.over(ABNORMAL, "", false));
  }

  private over(code: number, reason: string, wasClean: boolean): void {
    if (this.state === this.CLOSED) return;
    this.state = this.CLOSED;
    if (!wasClean) this.onerror?.();
    this.onclose?.({ code, reason, wasClean });
    this.door.released();
  }
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not UTF-8: RFC 6455 ends the connection for it.
    return undefined;
  }
}
