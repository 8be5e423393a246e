/**
 * One accepted WebSocket, of a node or of a client, of either protocol: whole messages in, bounded queue out. It knows
 * when its peer reads too slowly, can stop reading it, and tells whether it shows signs of life. What the messages
 * mean is its owner's business.
 */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { Clock } from "./clock.ts";
import { type ByteCounter, Intake, type IntakeBudget, type IntakeEnd, type IntakeOwner } from "./intake.ts";
import { LifeSigns, type WatchedSocket } from "./life-signs.ts";
import { CUT_GRACE_MS, UNFINISHED_GRACE_MS } from "./limits.ts";
import { Outbox, type OutboxListener } from "./outbox.ts";
import type { OutputBudget } from "./output-budget.ts";
import type { Pace } from "./pace.ts";
import type { PauseReason, Peer, PeerListener } from "./peer.ts";
import { TurnBudget, type TurnTaker } from "./turn-budget.ts";

/** One bit each: a set of its own would cost every idle socket more than the rest of what it keeps here. */
const PAUSED: Readonly<Record<PauseReason, number>> = { node: 1, self: 2, admission: 4, turn: 8, pace: 16 };

export interface Traffic {
  readonly received: number;
  readonly sent: number;
}

/** What its own parts tell it comes in as methods, not as functions made for each socket: thousands of them are idle. */
export class PeerSocket implements Peer, OutboxListener, IntakeOwner, TurnTaker, WatchedSocket {
  /** The client's address, as `clientAddress` has it. */
  readonly address: string;
  private readonly ws: WebSocket;
  private readonly stream: Duplex;
  private readonly outbox: Outbox;
  private readonly intake: Intake;
  private readonly clock: Clock;
  private readonly turn = new TurnBudget(this);
  /** The bits of the reasons why it is not read. */
  private paused = 0;
  /** Undefined where the owner has set no bound. */
  private paces: Pace[] | undefined;
  private isHeldBack = false;
  private listener: PeerListener | undefined;
  private isEnding = false;
  private readonly lifeSigns = new LifeSigns(this);

  constructor(options: {
    ws: WebSocket;
    stream: Duplex;
    clock: Clock;
    address: string;
    budget: OutputBudget;
    intakeBudget: IntakeBudget;
    maxQueuedBytes: number;
  }) {
    this.ws = options.ws;
    this.stream = options.stream;
    this.address = options.address;
    this.clock = options.clock;
    const { ws, stream, clock, budget, intakeBudget, maxQueuedBytes } = options;
    this.intake = new Intake({ stream, budget: intakeBudget, clock, owner: this });
    this.outbox = new Outbox({ ws, budget, maxBytes: maxQueuedBytes, listener: this });
  }

  /** Of its outbox. */
  congested(): void {
    this.listener?.congested?.();
  }

  /** Of its outbox. */
  drained(): void {
    if (!this.isEnding) this.listener?.drained?.();
  }

  /** Of its outbox: the peer does not read what it is sent. */
  overflow(): void {
    this.closeNow(CLOSE.TOO_BIG, "reads_too_slowly");
  }

  /** Of its outbox. */
  transmitted(bytes: number): void {
    if (this.paces !== undefined) this.keepPace(bytes);
  }

  /** From now on `pace` counts what passes, both ways. While it is in debt this socket is neither read nor sent to. */
  paceBy(pace: Pace): void {
    this.paces = [...(this.paces ?? []), pace];
  }

  /** Of its intake: a message is not waited for any longer. What has come of it is held until the socket is gone. */
  unfinished(why: IntakeEnd): void {
    if (why === "budget") this.closeNow(CLOSE.TOO_BIG, "too_much_unfinished");
    else this.closeNow(CLOSE.TIMEOUT, "message_unfinished");
    // It shall have the close, and can get that without being read.
    this.ws.pause();
    this.clock.after(UNFINISHED_GRACE_MS, () => this.terminate());
  }

  /** Also when it is at its end: what still comes is dropped, but it is parsed. */
  endTurn(): void {
    this.stopReading("turn");
  }

  nextTurn(): void {
    this.resume("turn");
  }

  /** Tells `counter` of all bytes that come, until another or nobody takes its place. */
  countBytesFor(counter: ByteCounter | undefined): void {
    this.intake.countFor(counter);
  }

  /**
   * Starts delivery. Must be called in the turn in which the socket was accepted. `gone` hears of the end before
   * `listener` does.
   */
  listen(listener: PeerListener, gone?: (peer: PeerSocket) => void): void {
    this.listener = listener;
    this.ws.on("message", (data, isBinary) => {
      this.lifeSigns.heard();
      this.turn.take();
      if (!Buffer.isBuffer(data)) return;
      this.intake.message(data.length);
      if (this.paces !== undefined) this.keepPace(data.length);
      if (!this.isEnding) listener.message(data, isBinary);
    });
    const control = (data: Buffer) => {
      this.lifeSigns.heard();
      this.turn.take();
      this.intake.control(data.length);
      if (!this.isEnding) listener.control?.();
    };
    this.ws.on("ping", control);
    this.ws.on("pong", control);
    // ws closes the socket itself after a broken frame or one over maxPayload, and "close" follows.
    this.ws.on("error", ignore);
    this.ws.on("close", (code) => {
      this.isEnding = true;
      this.outbox.closed();
      this.intake.end();
      this.lifeSigns.ended();
      gone?.(this);
      listener.closed(code);
    });
  }

  /** Bytes that came and went so far, with what TCP carries around the messages. */
  get traffic(): Traffic {
    const { stream } = this;
    if (!(stream instanceof Socket)) return { received: 0, sent: 0 };
    return { received: stream.bytesRead, sent: stream.bytesWritten };
  }

  /** Whether it still takes and gives messages. */
  get open(): boolean {
    return !this.isEnding;
  }

  /** Queues a text message: a string, or the UTF-8 of one. False when the socket is at its end. */
  sendText(text: string | Buffer): boolean {
    return this.send(text, false);
  }

  sendBinary(data: Uint8Array): boolean {
    return this.send(data, true);
  }

  sendJson(message: object): boolean {
    return this.send(JSON.stringify(message), false);
  }

  /** Stops reading, until every reason is gone. What has arrived already is still delivered. */
  pause(reason: PauseReason): void {
    if (!this.isEnding) this.stopReading(reason);
  }

  resume(reason: PauseReason): void {
    if ((this.paused & PAUSED[reason]) === 0) return;
    this.paused &= ~PAUSED[reason];
    if (this.paused !== 0) return;
    // Others' turn is short, and a peer that brings it about by its own doing shall not gain time by it.
    if (reason !== "turn") this.intake.resumed();
    this.ws.resume();
  }

  /** Ends the socket after what is queued, for as long as the peer takes it. Messages that still come are dropped. */
  close(code: number, reason: string): void {
    if (this.isEnding) return;
    this.isEnding = true;
    // Read again, or the peer's own close would never be seen.
    this.paused = 0;
    this.ws.resume();
    this.paces = undefined;
    this.listener?.ending?.();
    this.outbox.release();
    this.outbox.finish(() => this.ws.close(code, reason));
  }

  /** Ends the socket without what waits for it. */
  closeNow(code: number, reason: string): void {
    this.close(code, reason);
    this.outbox.discard();
  }

  /** Ends the socket of somebody who may have nothing more; what the system has not taken by now gets a moment. */
  cut(clock: Clock, code: number, reason: string): void {
    this.closeNow(code, reason);
    if (this.outbox.queuedBytes > 0) clock.after(CUT_GRACE_MS, () => this.terminate());
  }

  /** Ends the socket this instant. */
  terminate(): void {
    this.isEnding = true;
    this.ws.terminate();
  }

  /** Of its life signs. */
  get queuedBytes(): number {
    return this.outbox.queuedBytes;
  }

  /** Of its life signs. */
  get sentMessages(): number {
    return this.outbox.sentMessages;
  }

  /** Of its life signs. */
  get isUnread(): boolean {
    return this.paused !== 0;
  }

  /** Of its life signs. */
  get isKeptWaiting(): boolean {
    return (this.paused & (PAUSED.node | PAUSED.admission | PAUSED.pace)) !== 0;
  }

  /** Of its life signs. */
  ping(): void {
    if (this.ws.readyState === this.ws.OPEN) this.ws.ping();
  }

  /** One heartbeat: see LifeSigns. */
  beat(): void {
    this.lifeSigns.beat();
  }

  /** It was told something that it answers: see LifeSigns. */
  doubt(): void {
    if (!this.isEnding) this.lifeSigns.doubt(this.clock);
  }

  /** Asks for a sign of life within `ms`. `done` is called once, with false also when the socket ends. */
  askAlive(clock: Clock, ms: number, done: (alive: boolean) => void): void {
    this.lifeSigns.ask(clock, ms, done);
  }

  private keepPace(bytes: number): void {
    const now = this.clock.now();
    let [waitMs, slowest]: [number, Pace | undefined] = [0, undefined];
    for (const pace of this.paces ?? []) {
      const ms = pace.spend(bytes, now);
      if (ms > waitMs) [waitMs, slowest] = [ms, pace];
    }
    if (slowest === undefined || this.isHeldBack) return;
    slowest.held();
    this.isHeldBack = true;
    this.stopReading("pace");
    this.outbox.hold();
    this.clock.after(waitMs, () => this.tryAgain());
  }

  /** Others that share the pace may have made debts meanwhile. */
  private tryAgain(): void {
    this.isHeldBack = false;
    this.keepPace(0);
    if (this.isHeldBack) return;
    this.resume("pace");
    this.outbox.release();
  }

  private stopReading(reason: PauseReason): void {
    this.paused |= PAUSED[reason];
    this.ws.pause();
  }

  private send(data: string | Uint8Array, isBinary: boolean): boolean {
    if (this.isEnding) return false;
    this.outbox.send(data, isBinary);
    return !this.isEnding;
  }
}

const ignore = (): void => undefined;
