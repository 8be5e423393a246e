/**
 * The activity list for its window: whole at first, then what changed, gathered for a moment, so that a busy API does not
 * cost a message for each request. In memory alone; nothing is gathered while nobody looks.
 */
import { type ActivityEntry, type ActivityLog, MAX_ACTIVITY_ENTRIES } from "../core/activity/activity-log.ts";
import type { Cancel, Clock } from "../core/clock.ts";
import type { ActivityChanges, RequestRow } from "../windows/contract/activity-view.ts";

/** How long changes are gathered. */
export const GATHER_MS = 120;

export interface ActivityFeedOptions {
  readonly clock: Clock;
  /** A device's name by what the list calls it. */
  readonly deviceName: (device: string) => string;
  readonly push: (changes: ActivityChanges) => void;
}

export class ActivityFeed {
  private readonly options: ActivityFeedOptions;
  private readonly waiting = new Map<number, ActivityEntry>();
  private unsubscribe: (() => void) | undefined;
  private cancel: Cancel | undefined;
  private log: ActivityLog | undefined;

  constructor(options: ActivityFeedOptions) {
    this.options = options;
  }

  /** All rows, oldest first. */
  rows(log: ActivityLog | undefined): RequestRow[] {
    return (log?.list(MAX_ACTIVITY_ENTRIES) ?? []).reverse().map((entry) => this.row(entry));
  }

  row(entry: ActivityEntry): RequestRow {
    const { device, status, ...rest } = entry;
    return {
      ...rest,
      device: this.options.deviceName(device),
      plaintext: device.startsWith("plaintext"),
      ...(status !== undefined && { status }),
    };
  }

  /** Follows this list from now on; undefined: none. */
  follow(log: ActivityLog | undefined): void {
    if (log === this.log) return;
    this.unsubscribe?.();
    this.cancel?.();
    this.cancel = undefined;
    this.waiting.clear();
    this.log = log;
    this.unsubscribe = log?.subscribe((entry) => {
      this.waiting.set(entry.id, entry);
      this.cancel ??= this.options.clock.after(GATHER_MS, () => this.flush());
    });
  }

  private flush(): void {
    this.cancel = undefined;
    const rows = [...this.waiting.values()].sort((a, b) => a.id - b.id).map((entry) => this.row(entry));
    this.waiting.clear();
    this.options.push({ kind: "changes", rows });
  }
}
