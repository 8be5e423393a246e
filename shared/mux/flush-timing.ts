/**
 * When a channel sends what its streams have ready. A record wakes every program on its way, which costs more than what is
 * in it while that is small; but while one end fills a record the other has nothing to do. So a flush comes with the end
 * of the turn; one turn later when several streams have little, for there may be more; and at once when a good part of
 * all open streams is ready. With 64 requests in flight, waiting for the turn's end alone left a third of two processors
 * idle: everybody worked while everybody else waited.
 */
import { MAX_RECORD_BYTES } from "./padme.ts";
import type { Schedule } from "./turn-scheduler.ts";

/** So many streams are worth a record of their own when they are the third part of those that are open. */
const MANY_STREAMS = 8;
const SHARE_OF_OPEN = 1 / 3;

/** What waits, and how it is sent. */
export interface Backlog {
  readonly readyStreams: number;
  /** About what they have to send. */
  readonly readyBytes: number;
  readonly openStreams: number;
  /** Sends what may be sent now. */
  flush(): void;
}

export class FlushTiming {
  private readonly backlog: Backlog;
  private readonly schedule: Schedule;
  private isScheduled = false;
  private isDueNow = false;
  private hasPutOff = false;
  private isStopped = false;
  private readonly atTurnEnd = () => {
    this.hasPutOff = !this.hasPutOff && this.isWorthATurn();
    if (this.hasPutOff) {
      this.schedule(this.atTurnEnd);
      return;
    }
    this.isScheduled = false;
    if (!this.isStopped) this.backlog.flush();
  };
  private readonly now = () => {
    this.isDueNow = false;
    if (!this.isStopped) this.backlog.flush();
  };

  constructor(backlog: Backlog, schedule: Schedule) {
    this.backlog = backlog;
    this.schedule = schedule;
  }

  /** Something waits, or there is room again. */
  soon(): void {
    if (this.isScheduled || this.isStopped) return;
    this.isScheduled = true;
    this.schedule(this.atTurnEnd);
  }

  /** A stream got ready. */
  ready(): void {
    this.soon();
    if (this.isDueNow || !this.hasMany()) return;
    this.isDueNow = true;
    // When whoever woke it has returned: the stream may have more to say.
    queueMicrotask(this.now);
  }

  stop(): void {
    this.isStopped = true;
  }

  private hasMany(): boolean {
    const { readyStreams, openStreams } = this.backlog;
    return readyStreams >= MANY_STREAMS && readyStreams >= openStreams * SHARE_OF_OPEN;
  }

  /** Several streams have little to send: another turn may bring more for the same record. One alone never waits. */
  private isWorthATurn(): boolean {
    const { readyStreams, readyBytes } = this.backlog;
    return readyStreams > 1 && readyBytes < MAX_RECORD_BYTES && !this.isStopped;
  }
}
