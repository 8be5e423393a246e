/**
 * What went through, for the owner's eyes: the latest requests with device, method, path, status, sizes and time.
 * In this process's memory alone and bounded; nothing of it is written, logged or sent anywhere.
 */
import type { Clock } from "../clock.ts";
import { CaptureStore, type ExchangeCapture } from "./capture-store.ts";

/** Entries kept; the oldest makes room. */
export const MAX_ACTIVITY_ENTRIES = 10_000;
/** A longer path is cut for the list (not for the request). UTF-16 units. */
export const MAX_SHOWN_PATH_LENGTH = 1_024;

type ActivityOutcome =
  /** Under way. */
  | "open"
  /** Answered, whole. */
  | "done"
  /** The owner's rules refused it. */
  | "refused"
  /** It failed, or one side gave it up. */
  | "failed";

export interface ActivityEntry {
  /** Rises by one, also over a clearing. */
  readonly id: number;
  /** A device's id, or `plaintext:` and a session's id. */
  readonly device: string;
  readonly method: string;
  readonly path: string;
  readonly isWebSocket: boolean;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly outcome: ActivityOutcome;
  readonly status: number | undefined;
  /** Body bytes from and to the device. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** So far, or in all. */
  readonly durationMs: number;
}

/** The one who carries a request out tells about it here. */
export interface ActivityRecord {
  /** Where headers and bodies go while the owner wants them kept. */
  readonly capture?: ExchangeCapture | undefined;
  status(status: number): void;
  received(bytes: number): void;
  sent(bytes: number): void;
  /** Once; later calls do nothing. */
  finish(outcome: Exclude<ActivityOutcome, "open">): void;
}

interface ActivityStart {
  readonly device: string;
  readonly method: string;
  readonly path: string;
  readonly isWebSocket: boolean;
}

export interface ActivityLog {
  readonly captures: CaptureStore;
  begin(start: ActivityStart): ActivityRecord;
  /** The latest, newest first. */
  list(limit: number): ActivityEntry[];
  /** Called with an entry when it begins, gets its status and ends. Returns how to stop that. */
  subscribe(listener: (entry: ActivityEntry) => void): () => void;
  clear(): void;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** An entry to fill in: one that is over, for a new one each would live long enough to cost much when it dies. */
function reusable(old: Mutable<ActivityEntry> | undefined): Mutable<ActivityEntry> {
  if (old !== undefined && old.outcome !== "open") return old;
  return {
    id: 0,
    device: "",
    method: "",
    path: "",
    isWebSocket: false,
    started: 0,
    outcome: "open",
    status: undefined,
    bytesIn: 0,
    bytesOut: 0,
    durationMs: 0,
  };
}

class Recording implements ActivityRecord {
  readonly capture: ExchangeCapture | undefined;
  private readonly entry: Mutable<ActivityEntry>;
  /** Once it is over, the entry may be another request's. */
  private readonly id: number;
  private readonly clock: Clock;
  private readonly tell: (entry: ActivityEntry) => void;

  constructor(
    entry: Mutable<ActivityEntry>,
    capture: ExchangeCapture | undefined,
    clock: Clock,
    tell: (entry: ActivityEntry) => void,
  ) {
    this.entry = entry;
    this.id = entry.id;
    this.capture = capture;
    this.clock = clock;
    this.tell = tell;
  }

  status(status: number): void {
    if (!this.isOurs) return;
    this.entry.status = status;
    this.tell(this.entry);
  }

  received(bytes: number): void {
    if (this.isOurs) this.entry.bytesIn += bytes;
  }

  sent(bytes: number): void {
    if (this.isOurs) this.entry.bytesOut += bytes;
  }

  finish(outcome: Exclude<ActivityOutcome, "open">): void {
    const { entry } = this;
    if (!this.isOurs || entry.outcome !== "open") return;
    entry.durationMs = this.clock.now() - entry.started;
    entry.outcome = outcome;
    this.tell(entry);
  }

  private get isOurs(): boolean {
    return this.entry.id === this.id;
  }
}

export function createActivityLog(options: { readonly clock: Clock; readonly limit?: number }): ActivityLog {
  const { clock, limit: capacity = MAX_ACTIVITY_ENTRIES } = options;
  const ring: Mutable<ActivityEntry>[] = [];
  const listeners = new Set<(entry: ActivityEntry) => void>();
  const captures = new CaptureStore();
  let count = 0;
  /** The first that was not cleared away. */
  let first = 0;

  function shown(entry: ActivityEntry): ActivityEntry {
    return entry.outcome === "open" ? { ...entry, durationMs: clock.now() - entry.started } : { ...entry };
  }

  function tell(entry: ActivityEntry): void {
    if (listeners.size === 0 || entry.id < first) return;
    const snapshot = shown(entry);
    for (const listener of listeners) listener(snapshot);
  }

  return {
    captures,
    begin({ device, method, path, isWebSocket }) {
      const slot = count % capacity;
      const entry = reusable(ring[slot]);
      entry.id = count;
      entry.device = device;
      entry.method = method;
      entry.path = path.length > MAX_SHOWN_PATH_LENGTH ? `${path.slice(0, MAX_SHOWN_PATH_LENGTH)}…` : path;
      entry.isWebSocket = isWebSocket;
      entry.started = clock.now();
      entry.outcome = "open";
      entry.status = undefined;
      entry.bytesIn = 0;
      entry.bytesOut = 0;
      entry.durationMs = 0;
      ring[slot] = entry;
      count += 1;
      tell(entry);
      return new Recording(entry, captures.begin(entry.id), clock, tell);
    },
    list(limit) {
      const newest: ActivityEntry[] = [];
      const oldest = Math.max(first, count - Math.min(limit, capacity));
      for (let at = count - 1; at >= oldest; at--) {
        const entry = ring[at % capacity];
        if (entry !== undefined) newest.push(shown(entry));
      }
      return newest;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear() {
      ring.length = 0;
      // Requests under way keep their numbers, so nobody else may get one of them.
      first = count;
      captures.clear();
    },
  };
}
