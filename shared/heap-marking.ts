/**
 * How V8 finds garbage in a program that moves much and keeps little. Buffers that pass through count towards the limit at
 * which V8 begins to mark step by step, so during a download it marks all the time, on every processor, and each write to
 * an object pays for it: a third of the throughput, and a sixth of the requests per second. A small heap is marked in one
 * go within a few milliseconds instead, and seldom. A large one would stand still for longer: it gets V8's own way back.
 */

/** As much as is marked at once within a tenth of a second on a slow machine. Bytes. */
export const SMALL_HEAP_BYTES = 64 * 1024 * 1024;
const LOOK_EVERY_MS = 5_000;

/** Of `node:v8`. */
export interface Engine {
  setFlagsFromString(flags: string): void;
  getHeapStatistics(): { readonly used_heap_size: number };
}

export interface HeapMarkingOptions {
  readonly v8: Engine;
  /** Runs a function again and again; returns how to stop it. Left out: on a timer that keeps no program alive. */
  readonly every?: (intervalMs: number, run: () => void) => () => void;
}

/** Call it when a program starts, before it has garbage. */
export function markSmallHeapAtOnce({ v8, every = unheldInterval }: HeapMarkingOptions): void {
  v8.setFlagsFromString("--no-incremental-marking");
  const stop = every(LOOK_EVERY_MS, () => {
    if (v8.getHeapStatistics().used_heap_size <= SMALL_HEAP_BYTES) return;
    v8.setFlagsFromString("--incremental-marking");
    stop();
  });
}

function unheldInterval(intervalMs: number, run: () => void): () => void {
  const timer = setInterval(run, intervalMs);
  const handle: unknown = timer;
  if (isNodeTimer(handle)) handle.unref();
  return () => clearInterval(timer);
}

function isNodeTimer(timer: unknown): timer is { unref(): void } {
  return typeof timer === "object" && timer !== null && "unref" in timer;
}
