/**
 * Whether the peer of one socket is alive. Everything that comes from it is a sign of life, and so is progress with a
 * queue that was full: it can only move when the peer takes some. Silence is death after some heartbeats, sooner where
 * somebody waits for an answer.
 */
import type { Clock } from "./clock.ts";
import { DOUBT_MS, HEARTBEAT_MISSES } from "./limits.ts";

/** What is looked at of a socket, and done with it. */
export interface WatchedSocket {
  /** Bytes that wait to go to the system. */
  readonly queuedBytes: number;
  /** Messages that have gone to the system so far. */
  readonly sentMessages: number;
  /** The relay does not read it, for whatever reason. */
  readonly isUnread: boolean;
  /** The relay does not read it for a reason that is not the peer's own. */
  readonly isKeptWaiting: boolean;
  ping(): void;
  terminate(): void;
}

export class LifeSigns {
  private readonly socket: WatchedSocket;
  private count = 1;
  /** `count` at the last beat. */
  private counted = 0;
  /** At the last beat: what had gone out, when something was left behind. */
  private backlogAt: number | undefined;
  private misses = 0;
  private isDoubted = false;
  private probe: ((alive: boolean) => void) | undefined;

  constructor(socket: WatchedSocket) {
    this.socket = socket;
  }

  heard(): void {
    this.count += 1;
    this.probe?.(true);
  }

  /** The socket is closed. */
  ended(): void {
    this.probe?.(false);
  }

  /** One heartbeat: a ping, or the end of a peer that gave no sign of life for too many of them. */
  beat(): void {
    const { socket } = this;
    // A socket that the relay itself does not read cannot answer; its own full queue is judged by its progress.
    const isIdle = socket.isKeptWaiting && socket.queuedBytes === 0;
    if (this.count > this.counted || isIdle || this.movedSince(this.backlogAt)) this.misses = 0;
    else this.misses += 1;
    this.counted = this.count;
    this.backlogAt = this.backlog();
    if (this.misses >= HEARTBEAT_MISSES) socket.terminate();
    else socket.ping();
  }

  /**
   * It was told something that it answers. When it gives no sign of life for DOUBT_MS its line is dead, and whoever waits
   * for it shall not wait for the heartbeat to find out.
   */
  doubt(clock: Clock): void {
    if (this.isDoubted) return;
    this.isDoubted = true;
    const { count, socket } = this;
    const backlog = this.backlog();
    socket.ping();
    clock.after(DOUBT_MS, () => {
      this.isDoubted = false;
      if (this.count === count && !socket.isUnread && !this.movedSince(backlog)) socket.terminate();
    });
  }

  /** Asks for a sign of life within `ms`. `done` is called once, with false also when the socket ends. */
  ask(clock: Clock, ms: number, done: (alive: boolean) => void): void {
    const backlog = this.backlog();
    const timer = clock.after(ms, () => answer(this.movedSince(backlog)));
    const answer = (alive: boolean) => {
      timer.cancel();
      this.probe = undefined;
      done(alive);
    };
    this.probe = answer;
    this.socket.ping();
  }

  /**
   * What had gone to the system while something could not: then the system's buffer is full, and more can only go when
   * the peer takes some. Without a backlog, going proves nothing: a dead peer's buffer fills as well.
   */
  private backlog(): number | undefined {
    return this.socket.queuedBytes === 0 ? undefined : this.socket.sentMessages;
  }

  private movedSince(backlog: number | undefined): boolean {
    return backlog !== undefined && this.socket.sentMessages > backlog;
  }
}
