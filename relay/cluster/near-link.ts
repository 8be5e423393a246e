/**
 * The end of a link at the instance where the client's socket is. It is made before anybody is asked to serve it, so
 * that nothing of what the holder says first is missed, and delivers only once its owner has it.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { OutputBudget } from "../output-budget.ts";
import { decodeClose } from "./close-words.ts";
import type { Link, LinkBounds, LinkEnd, LinkListener } from "./cluster.ts";
import { NEAR_CONGESTED_BYTES, NEAR_DRAINED_BYTES } from "./cluster-limits.ts";
import { Endpoint, type EndpointOwner } from "./endpoint.ts";
import { FRAME, type Frame } from "./frame.ts";
import type { Neighbour } from "./neighbour.ts";

export class NearLink implements Link, EndpointOwner {
  readonly number: number;
  private readonly listener: LinkListener;
  private readonly budget: OutputBudget;
  private readonly bounds: LinkBounds;
  private readonly maxPartBytes: number;
  private readonly gone: (link: NearLink) => void;
  private endpoint: Endpoint | undefined;
  private isStarted = false;
  private isPaused = false;
  /** How it ends, when what has come before that is delivered. */
  private ending: LinkEnd | undefined;
  private isFinished = false;

  constructor(options: {
    number: number;
    listener: LinkListener;
    budget: OutputBudget;
    bounds: LinkBounds;
    maxPartBytes: number;
    gone: (link: NearLink) => void;
  }) {
    this.number = options.number;
    this.listener = options.listener;
    this.budget = options.budget;
    this.bounds = options.bounds;
    this.maxPartBytes = options.maxPartBytes;
    this.gone = options.gone;
  }

  /** Who serves it, once somebody does. */
  get holder(): Neighbour | undefined {
    return this.endpoint?.place.to;
  }

  /** `to` serves it. The first one counts. */
  bind(to: Neighbour): void {
    if (this.endpoint !== undefined) return;
    const { budget, maxPartBytes } = this;
    const place = { to, link: this.number, fromNear: true };
    const bounds = {
      ...this.bounds,
      congestedBytes: NEAR_CONGESTED_BYTES,
      drainedBytes: NEAR_DRAINED_BYTES,
    };
    this.endpoint = new Endpoint({ place, owner: this, budget, bounds, maxPartBytes, isPaused: true });
  }

  /** Its owner has it: delivers from now on. */
  start(): void {
    if (this.isFinished) return;
    this.isStarted = true;
    if (!this.isPaused) this.endpoint?.receiver.resume();
    this.endIfDue();
  }

  came(frame: Frame): void {
    const { endpoint } = this;
    if (endpoint === undefined || this.isFinished) return;
    const { type, payload } = frame;
    if (type === FRAME.UNKNOWN) this.lose();
    else if (!endpoint.isInOrder(frame)) {
      endpoint.sender.word(FRAME.UNKNOWN);
      this.lose();
    } else if (type === FRAME.TEXT || type === FRAME.BINARY) endpoint.receiver.came(frame);
    else if (type === FRAME.ACK) endpoint.acknowledged(payload);
    else if (type === FRAME.CLOSE) this.endedByHolder({ how: "closed", ...decodeClose(payload), cut: false });
    else if (type === FRAME.CUT) {
      endpoint.receiver.close();
      this.endedByHolder({ how: "closed", ...decodeClose(payload), cut: true });
    }
  }

  send(data: Buffer, isBinary: boolean): boolean {
    if (this.isFinished || this.ending !== undefined) return false;
    this.endpoint?.sender.send(data, isBinary);
    return !this.isFinished;
  }

  pause(): void {
    this.isPaused = true;
    this.endpoint?.receiver.pause();
  }

  resume(): void {
    this.isPaused = false;
    if (!this.isStarted) return;
    this.endpoint?.receiver.resume();
    this.endIfDue();
  }

  end(): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.endpoint?.sender.word(FRAME.END);
    this.endpoint?.close();
    this.gone(this);
  }

  /** Nobody can say what became of it. */
  lose(): void {
    this.endpoint?.close();
    this.finish({ how: "lost" });
  }

  message(data: Buffer, isBinary: boolean): void {
    if (!this.isFinished) this.listener.message(data, isBinary);
  }

  congested(): void {
    if (this.ending === undefined) this.listener.congested();
  }

  drained(): void {
    if (this.ending === undefined) this.listener.drained();
  }

  overflow(): void {
    this.giveUp({ how: "closed", code: CLOSE.TOO_BIG, reason: "reads_too_slowly", cut: true });
  }

  broken(): void {
    this.giveUp({ how: "lost" });
  }

  emptied(): void {
    this.endIfDue();
  }

  private endedByHolder(end: LinkEnd): void {
    this.endpoint?.sender.discard();
    this.ending = end;
    this.endIfDue();
  }

  private endIfDue(): void {
    const { ending: end } = this;
    if (end === undefined || !this.isStarted || this.endpoint?.receiver.isEmpty === false) return;
    this.giveUp(end);
  }

  private giveUp(end: LinkEnd): void {
    this.endpoint?.sender.word(FRAME.END);
    this.endpoint?.close();
    this.finish(end);
  }

  private finish(end: LinkEnd): void {
    if (this.isFinished) return;
    this.ending = end;
    // Its owner does not have it yet: it hears of the end when it has.
    if (!this.isStarted) return;
    this.isFinished = true;
    this.gone(this);
    this.listener.closed(end);
  }
}
