/**
 * A standing connection to one PC: it opens channels, replaces them before they are too old, connects again after every
 * loss, and always knows what is wrong. It gives up only when closed, or on the PC's authenticated word; whatever a relay
 * says, it goes on trying.
 */
import type { MuxClock } from "#shared/mux/clock.ts";
import type { RequestHead } from "#shared/mux/heads.ts";
import type { ClientMuxer, ControlMessage } from "#shared/mux/muxer.ts";
import type { MuxStream, StreamListener } from "#shared/mux/stream.ts";
import type { ChannelHandlers, OpenChannel } from "./channel.ts";
import { Connection } from "./connection.ts";
import type { Problem } from "./problem.ts";
import { RetryTimer } from "./retry-timer.ts";
import { isRevocation, type SessionState } from "./session-state.ts";
import { type StreamDoor, WaitingRoom, type WaitOptions } from "./stream-door.ts";

/** New streams move to a fresh channel after this; the old one dies an hour later (protocol section 4). */
const RENEW_AFTER_MS = 23 * 60 * 60 * 1000;
/** After a failed renewal. */
const RENEW_AGAIN_MS = 60_000;
/** An attempt older than this is given up for a new one when the network has changed. */
const STALE_ATTEMPT_MS = 1_000;
export interface SessionOptions {
  readonly openChannel: OpenChannel;
  readonly clock: MuxClock;
  /** Wall time, Unix milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  readonly stateChanged: (state: SessionState) => void;
  /** There is a new channel: what goes before the requests that wait for one is said now. */
  readonly opened?: () => void;
  /** The PC has answered on a channel: it knows this device. */
  readonly confirmed: () => void;
  /** CONTROL messages that the session itself does not understand. */
  readonly control: (message: ControlMessage) => void;
}

export class Session implements StreamDoor {
  private readonly options: SessionOptions;
  private readonly retry: RetryTimer;
  private readonly room: WaitingRoom;
  private readonly retiring = new Set<Connection>();
  private current: Connection | undefined;
  private attempt: { readonly abort: AbortController; readonly startedAt: number } | undefined;
  private lastProblem: Problem | undefined;
  private downSince: number;
  private isAsleep = false;
  private shown: SessionState;

  constructor(options: SessionOptions) {
    this.options = options;
    this.retry = new RetryTimer(options);
    this.downSince = options.now();
    this.shown = { status: "connecting", since: this.downSince };
    this.room = new WaitingRoom({
      clock: options.clock,
      current: () => this.current?.muxer,
      problem: () => this.problem,
    });
  }

  get state(): SessionState {
    return this.shown;
  }

  get problem(): Problem | undefined {
    if (this.shown.status === "closed") return { code: "closed" };
    return this.shown.status === "connected" ? undefined : this.lastProblem;
  }

  /** Begins to connect. Once. */
  start(): void {
    this.connect();
  }

  /** The device woke up, changed its network, or its user looks at it: tries at once, or checks what there is. */
  wake(): void {
    if (this.isOver) return;
    if (this.current !== undefined) {
      this.current.heartbeat?.doubt();
      return;
    }
    this.retry.startAfresh();
    if (this.attempt !== undefined) {
      if (this.options.now() - this.attempt.startedAt < STALE_ATTEMPT_MS) return;
      this.attempt.abort.abort();
      this.attempt = undefined;
    }
    this.connect();
  }

  /** Ends the session and everything in it, telling the PC. For good. */
  close(): void {
    if (!this.isOver) this.finish({ status: "closed", since: this.options.now() }, { code: "closed" });
  }

  tryOpen(head: RequestHead, listener: StreamListener): MuxStream | undefined {
    const stream = this.room.tryOpen(head, listener);
    if (stream === undefined) this.nudge();
    return stream;
  }

  open(head: RequestHead, listener: StreamListener, options?: WaitOptions): Promise<MuxStream> {
    const opened = this.room.open(head, listener, options);
    if (this.isOver) this.room.turnAway(this.problem ?? { code: "closed" });
    else this.nudge();
    return opened;
  }

  released(): void {
    this.room.released();
  }

  /** Sends a CONTROL message on the channel there is; false when there is none. */
  sendControl(message: ControlMessage): boolean {
    const muxer = this.current?.muxer;
    muxer?.sendControl(message);
    return muxer !== undefined;
  }

  private get isOver(): boolean {
    return this.shown.status === "closed" || this.shown.status === "revoked";
  }

  private show(state: SessionState): void {
    this.shown = state;
    this.options.stateChanged(state);
  }

  private nudge(): void {
    if (this.isOver || this.current !== undefined || this.attempt !== undefined) return;
    if (this.retry.mayHurry(this.lastProblem)) this.connect();
  }

  private connect(): void {
    this.retry.cancel();
    if (this.isOver || this.attempt !== undefined) return;
    const { lastProblem: problem, downSince: since } = this;
    this.show({ status: "connecting", since, ...(problem !== undefined && { problem }) });
    void this.tryChannel(undefined);
  }

  /** One attempt; `replaced` is the connection that the new one is to take over from. */
  private async tryChannel(replaced: Connection | undefined): Promise<void> {
    const abort = new AbortController();
    const attempt = { abort, startedAt: this.options.now() };
    this.attempt = attempt;
    const connection = new Connection(this.options.clock);
    const result = await this.options.openChannel(this.handlersOf(connection), abort.signal);
    if (this.attempt !== attempt || this.isOver) {
      if (result.ok) result.muxer.close("bye");
      return;
    }
    this.attempt = undefined;
    this.retry.attemptEnded();
    if (result.ok) this.adopt(connection, result.muxer, replaced);
    else if (replaced === undefined || this.current !== replaced) this.failed(result.problem);
    else this.renewLater(replaced, RENEW_AGAIN_MS);
  }

  private handlersOf(connection: Connection): ChannelHandlers {
    return {
      ended: (problem) => this.ended(connection, problem),
      draining: () => this.peerDrains(connection),
      drained: () => {
        if (this.retiring.has(connection)) connection.muxer?.close("bye");
      },
      control: (message) => {
        if (message.type === "node_sleeping") this.sleeps(connection);
        else this.options.control(message);
      },
    };
  }

  private adopt(connection: Connection, muxer: ClientMuxer, replaced: Connection | undefined): void {
    const heartbeat = connection.open(muxer, {
      now: this.options.now,
      alive: (count) => this.alive(connection, count),
      lost: () => {
        this.ended(connection, { code: "no_answer" });
        muxer.close("bye");
      },
    });
    if (replaced !== undefined && this.current === replaced) this.retire(replaced);
    this.current = connection;
    this.renewLater(connection, RENEW_AFTER_MS);
    muxer.start();
    // It may have ended with what was already waiting for it.
    if (this.current !== connection) return;
    heartbeat.start();
    this.options.opened?.();
    this.room.admit();
  }

  private alive(connection: Connection, count: number): void {
    if (connection !== this.current) return;
    this.retry.answered(count);
    if (count > 1) return;
    this.isAsleep = false;
    this.lastProblem = undefined;
    if (this.shown.status !== "connected") this.show({ status: "connected", since: this.options.now() });
    this.options.confirmed();
  }

  /** New streams go elsewhere from now on; those it has may finish. */
  private retire(connection: Connection): void {
    if (this.current === connection) this.current = undefined;
    connection.keep();
    this.retiring.add(connection);
    connection.muxer?.drain();
  }

  private peerDrains(connection: Connection): void {
    if (connection !== this.current) return;
    this.retire(connection);
    this.goDown();
    // An attempt for the renewal may be under way: it serves.
    if (this.attempt === undefined) this.connect();
  }

  private renewLater(connection: Connection, delayMs: number): void {
    connection.renewAfter(delayMs, () => {
      if (connection === this.current && this.attempt === undefined) void this.tryChannel(connection);
    });
  }

  private sleeps(connection: Connection): void {
    this.isAsleep = true;
    // First the reason: closing tells of an end of its own.
    this.ended(connection, { code: "node_sleeping" });
    connection.muxer?.close("bye");
  }

  private ended(connection: Connection, problem: Problem): void {
    connection.rest();
    this.retiring.delete(connection);
    if (this.isOver) return;
    if (isRevocation(problem)) {
      this.revoked(problem);
      return;
    }
    if (connection !== this.current) return;
    this.current = undefined;
    this.goDown();
    this.lastProblem = problem;
    const isWanted = problem.code === "rehandshake" && this.retry.isTrusting;
    if (isWanted && this.attempt === undefined) this.connect();
    else this.failed(problem);
  }

  private goDown(): void {
    if (this.shown.status !== "connected") return;
    this.downSince = this.options.now();
    this.retry.lost();
  }

  private failed(cause: Problem): void {
    const problem: Problem =
      this.isAsleep && cause.code === "node_offline" ? { ...cause, code: "node_sleeping" } : cause;
    this.lastProblem = problem;
    if (isRevocation(problem)) {
      this.revoked(problem);
      return;
    }
    const waitMs = this.retry.after(problem, () => this.connect());
    const retryAt = this.options.now() + waitMs;
    this.show({ status: "waiting", since: this.downSince, problem, retryAt });
  }

  private revoked(problem: Problem): void {
    this.lastProblem = problem;
    this.finish({ status: "revoked", since: this.options.now(), problem }, problem);
  }

  private finish(state: SessionState, problem: Problem): void {
    this.retry.cancel();
    this.attempt?.abort.abort();
    this.attempt = undefined;
    const connections = [...this.retiring, ...(this.current === undefined ? [] : [this.current])];
    this.current = undefined;
    this.retiring.clear();
    this.show(state);
    for (const connection of connections) {
      connection.rest();
      connection.muxer?.close("bye");
    }
    this.room.turnAway(problem);
  }
}
