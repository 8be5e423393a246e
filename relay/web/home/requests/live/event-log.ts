/** The newest events of a stream. Older ones make room; how many there were in all stays known. */
import type { ServerEvent } from "./event-parser.ts";

export const MAX_EVENTS = 300;
/** Of the data of all. UTF-16 units. */
export const MAX_LOG_CHARS = 1_000_000;

export interface LoggedEvent extends ServerEvent {
  /** Counts from 1 and never starts again. */
  readonly number: number;
  /** Unix milliseconds. */
  readonly at: number;
}

export class EventLog {
  private events: LoggedEvent[] = [];
  private chars = 0;
  private count = 0;

  /** Oldest first. A new list for each change. */
  get all(): readonly LoggedEvent[] {
    return this.events;
  }

  /** Those ever added. */
  get total(): number {
    return this.count;
  }

  add(added: readonly ServerEvent[], at: number): void {
    if (added.length === 0) return;
    const events = [...this.events];
    for (const event of added) {
      this.count += 1;
      this.chars += event.data.length;
      events.push({ ...event, number: this.count, at });
    }
    let gone = 0;
    while (events.length - gone > MAX_EVENTS || (this.chars > MAX_LOG_CHARS && gone < events.length - 1)) {
      this.chars -= events[gone]?.data.length ?? 0;
      gone += 1;
    }
    this.events = events.slice(gone);
  }

  clear(): void {
    this.events = [];
    this.chars = 0;
  }
}
