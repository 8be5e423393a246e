/**
 * A client's socket to a relay (protocol section 3, "Client ↔ relay"): it says nothing before `welcome`, sends `open`,
 * and is then a link of frames. What the relay says by text or close code is turned into a problem, and never into
 * anything stronger: a relay proves nothing.
 */
import type { Link, LinkClose, LinkListener } from "#shared/link.ts";
import type { MuxClock } from "#shared/mux/clock.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { decodeRelayToClient } from "#shared/protocol/v2/decode-from-relay.ts";
import { MAX_FRAME_BYTES, WELCOME_TIMEOUT_MS } from "#shared/protocol/v2/limits.ts";
import type { Open, Welcome } from "#shared/protocol/v2/relay-messages.ts";
import { SUBPROTOCOL_V2 } from "#shared/protocol/version.ts";
import type { Problem } from "./problem.ts";
import { endProblem, relayErrorProblem } from "./relay-problems.ts";
import type { ClientSocket, SocketEnd, SocketFactory } from "./socket.ts";

/** How long a socket may take to open: name, connection, TLS and upgrade together. */
const DIAL_TIMEOUT_MS = 15_000;
/** Longest text of a relay that is looked at, in UTF-16 units. */
const MAX_TEXT_LENGTH = 16 * 1024;

export interface DialOptions {
  /** `ws(s)://…/ws/client`; never holds a token or an id. */
  readonly socketUrl: string;
  readonly open: Open;
  readonly sockets: SocketFactory;
  readonly clock: MuxClock;
  readonly signal?: AbortSignal | undefined;
}

/** Connects and sends `open`. The first frame may follow at once. Resolves with why not, when it cannot. */
export function dialRelay(options: DialOptions): Promise<RelaySocket | Problem> {
  const { promise, settle } = deferred<RelaySocket | Problem>();
  if (options.signal?.aborted) return Promise.resolve({ code: "closed" });
  new RelaySocket(options, settle);
  return promise;
}

function deferred<Value>(): { promise: Promise<Value>; settle: (value: Value) => void } {
  let settle: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

/** The link of frames, once dialled. Its `closed` says what the WebSocket said; `problem` says what it means. */
export class RelaySocket implements Link<Uint8Array> {
  /** Why it ended, or is about to; undefined while all is well. */
  problem: Problem | undefined;
  private readonly options: DialOptions;
  private readonly settle: (result: RelaySocket | Problem) => void;
  private readonly socket: ClientSocket;
  private readonly abort = () => this.end({ code: CLOSE.NORMAL, reason: "" }, { code: "closed" });
  private cancelDeadline: () => void;
  private accepted: Welcome | undefined;
  private listener: LinkListener<Uint8Array> | undefined;
  private early: Uint8Array[] = [];
  private closing: LinkClose | undefined;

  constructor(options: DialOptions, settle: (result: RelaySocket | Problem) => void) {
    this.options = options;
    this.settle = settle;
    this.cancelDeadline = options.clock.after(DIAL_TIMEOUT_MS, () =>
      this.fail({ code: "relay_unreachable" }),
    );
    this.socket = options.sockets(options.socketUrl, SUBPROTOCOL_V2, {
      opened: (subprotocol) => this.opened(subprotocol),
      text: (text) => this.text(text),
      binary: (bytes) => this.binary(bytes),
      drained: () => this.listener?.drained(),
      closed: (end) => this.closed(end),
    });
    options.signal?.addEventListener("abort", this.abort);
  }

  /** What the relay bounds a channel to, in bytes each way. */
  get channelBufferBytes(): number | undefined {
    return this.accepted?.limits.channel_buffer;
  }

  /** Where the relay says that it serves web apps. */
  get apps(): string | undefined {
    return this.accepted?.apps;
  }

  get queuedBytes(): number {
    return this.socket.queuedBytes;
  }

  lend(bytes: number): Uint8Array | undefined {
    return this.socket.lend?.(bytes);
  }

  send(frame: Uint8Array): void {
    if (this.accepted !== undefined && this.closing === undefined) this.socket.send(frame);
  }

  close(code: number, reason: string): void {
    this.end({ code, reason }, { code: "closed" });
  }

  listen(listener: LinkListener<Uint8Array>): void {
    this.listener = listener;
    const early = this.early;
    this.early = [];
    for (const frame of early) listener.message(frame);
    if (this.closing !== undefined) listener.closed(this.closing);
  }

  private opened(subprotocol: string): void {
    if (this.closing !== undefined) return;
    if (subprotocol !== SUBPROTOCOL_V2) {
      this.fail({ code: "relay_too_old" });
      return;
    }
    this.cancelDeadline();
    // A server that merely echoes the subprotocol stays silent here.
    this.cancelDeadline = this.options.clock.after(WELCOME_TIMEOUT_MS, () =>
      this.fail({ code: "relay_too_old" }),
    );
  }

  private text(text: string): void {
    if (this.closing !== undefined) return;
    const message = text.length > MAX_TEXT_LENGTH ? undefined : decodeRelayToClient(text);
    if (message?.type === "error") {
      // The close that follows says the same in less.
      this.problem = relayErrorProblem(message);
    } else if (message?.type === "welcome" && this.accepted === undefined) {
      this.cancelDeadline();
      this.accepted = message;
      this.socket.send(JSON.stringify(this.options.open));
      this.options.signal?.removeEventListener("abort", this.abort);
      this.settle(this);
    } else if (this.accepted === undefined) {
      this.fail({ code: "relay_protocol" });
    }
    // After that: `opened`, or types from the future. Nothing depends on them.
  }

  private binary(frame: Uint8Array): void {
    if (this.closing !== undefined) return;
    if (this.accepted === undefined || frame.length > MAX_FRAME_BYTES) this.fail({ code: "relay_protocol" });
    else if (this.listener === undefined) this.early.push(frame);
    else this.listener.message(frame);
  }

  private fail(problem: Problem): void {
    this.end({ code: CLOSE.NORMAL, reason: "" }, problem);
  }

  /** Ends from this side. Told in a later turn, and not only when a peer that may be gone has answered. */
  private end(close: LinkClose, problem: Problem): void {
    if (this.closing !== undefined) return;
    // What the relay said before is the better reason.
    this.finish(close, this.problem ?? problem);
    const isAllowed = close.code === CLOSE.NORMAL || (close.code >= 4000 && close.code <= 4999);
    this.socket.close(isAllowed ? close.code : CLOSE.NORMAL, close.reason);
    queueMicrotask(() => this.listener?.closed(close));
  }

  private closed(end: SocketEnd): void {
    if (this.closing !== undefined) return;
    const close = { code: end.code, reason: end.reason };
    this.finish(close, this.problem ?? endProblem(end));
    this.listener?.closed(close);
  }

  private finish(close: LinkClose, problem: Problem): void {
    this.closing = close;
    this.problem = problem;
    this.cancelDeadline();
    this.options.signal?.removeEventListener("abort", this.abort);
    if (this.accepted === undefined) this.settle(problem);
  }
}
