/**
 * A client whose socket is at another instance, as its owner here sees it: a peer like any other. Messages pass over
 * a link; what the other instance has not taken waits here, within the same bounds as at a socket.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { Clock, Timer } from "../clock.ts";
import { CONGESTED_BYTES, DRAINED_BYTES } from "../limits.ts";
import type { OutputBudget } from "../output-budget.ts";
import type { PauseReason, Peer, PeerListener } from "../peer.ts";
import { encodeClose } from "./close-words.ts";
import type { LinkBounds } from "./cluster.ts";
import { LINK_CLOSE_MS } from "./cluster-limits.ts";
import { Endpoint, type EndpointOwner } from "./endpoint.ts";
import { FRAME, type Frame } from "./frame.ts";
import type { LinkPlace } from "./link-sender.ts";

/** What a WebSocket says that ended without a close. */
const NO_CLOSE = 1006;

export class RemotePeer implements Peer, EndpointOwner {
  readonly address: string;
  private readonly endpoint: Endpoint;
  private readonly clock: Clock;
  private readonly gone: (peer: RemotePeer) => void;
  private readonly paused = new Set<PauseReason>();
  private listener: PeerListener | undefined;
  private isEnding = false;
  private isFinished = false;
  private patience: Timer | undefined;

  constructor(options: {
    place: LinkPlace;
    address: string;
    clock: Clock;
    budget: OutputBudget;
    bounds: LinkBounds;
    maxPartBytes: number;
    gone: (peer: RemotePeer) => void;
  }) {
    const { place, budget, maxPartBytes } = options;
    this.address = options.address;
    this.clock = options.clock;
    this.gone = options.gone;
    const bounds = { ...options.bounds, congestedBytes: CONGESTED_BYTES, drainedBytes: DRAINED_BYTES };
    this.endpoint = new Endpoint({ place, owner: this, budget, bounds, maxPartBytes, isPaused: false });
    // The first of all: it tells the near end who serves it.
    this.endpoint.sender.word(FRAME.ACCEPT);
  }

  get place(): LinkPlace {
    return this.endpoint.place;
  }

  get open(): boolean {
    return !this.isEnding;
  }

  /** Who owns it. To be called in the turn in which it was made, or `refuse` is. */
  listen(listener: PeerListener): void {
    this.listener = listener;
  }

  /** Nobody wants it. Who asked hears of that in the answer. */
  refuse(): void {
    this.finish();
  }

  came(frame: Frame): void {
    if (this.isFinished) return;
    if (frame.type === FRAME.UNKNOWN) {
      this.finish();
      return;
    }
    if (!this.endpoint.isInOrder(frame)) {
      this.endpoint.sender.word(FRAME.UNKNOWN);
      this.finish();
      return;
    }
    const { type, payload } = frame;
    if (type === FRAME.TEXT || type === FRAME.BINARY) this.endpoint.receiver.came(frame);
    else if (type === FRAME.ACK) this.endpoint.acknowledged(payload);
    else if (type === FRAME.END) this.finish(CLOSE.GOING_AWAY);
  }

  sendText(text: string | Buffer): boolean {
    return this.send(text, false);
  }

  sendBinary(data: Uint8Array): boolean {
    return this.send(data, true);
  }

  sendJson(message: object): boolean {
    return this.send(JSON.stringify(message), false);
  }

  pause(reason: PauseReason): void {
    if (this.isEnding) return;
    this.paused.add(reason);
    this.endpoint.receiver.pause();
  }

  resume(reason: PauseReason): void {
    if (this.paused.delete(reason) && this.paused.size === 0) this.endpoint.receiver.resume();
  }

  close(code: number, reason: string): void {
    if (!this.startEnd()) return;
    this.endpoint.sender.finish(() => this.sayEnd(FRAME.CLOSE, code, reason));
  }

  closeNow(code: number, reason: string): void {
    this.close(code, reason);
    this.endpoint.sender.discard();
  }

  cut(_clock: Clock, code: number, reason: string): void {
    if (this.isFinished) return;
    this.startEnd();
    this.endpoint.sender.finish(() => undefined);
    this.endpoint.sender.discard();
    this.sayEnd(FRAME.CUT, code, reason);
  }

  /** Nobody is at the other end any more. */
  finish(code: number = NO_CLOSE): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.isEnding = true;
    this.patience?.cancel();
    this.endpoint.close();
    this.gone(this);
    this.listener?.closed(code);
  }

  message(data: Buffer, isBinary: boolean): void {
    if (!this.isEnding) this.listener?.message(data, isBinary);
  }

  congested(): void {
    this.listener?.congested?.();
  }

  drained(): void {
    if (!this.isEnding) this.listener?.drained?.();
  }

  overflow(): void {
    this.closeNow(CLOSE.TOO_BIG, "reads_too_slowly");
  }

  broken(why: "too_big" | "bad_message"): void {
    if (why === "too_big") this.closeNow(CLOSE.MESSAGE_TOO_BIG, "message_too_big");
    else this.closeNow(CLOSE.POLICY_VIOLATION, "bad_message");
  }

  emptied(): void {
    // Nothing waits for that here.
  }

  private send(data: string | Uint8Array, isBinary: boolean): boolean {
    if (this.isEnding) return false;
    this.endpoint.sender.send(data, isBinary);
    return !this.isEnding;
  }

  private startEnd(): boolean {
    if (this.isEnding) return false;
    this.isEnding = true;
    this.endpoint.receiver.close();
    this.listener?.ending?.();
    return true;
  }

  private sayEnd(type: typeof FRAME.CLOSE | typeof FRAME.CUT, code: number, reason: string): void {
    if (this.isFinished) return;
    this.endpoint.sender.word(type, encodeClose(code, reason));
    this.patience ??= this.clock.after(LINK_CLOSE_MS, () => this.finish());
  }
}
