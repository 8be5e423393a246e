/**
 * How long a request waits for a connection. While one is being tried the whole wait of the door is worth it; while
 * none is tried, because the last try failed, the answer comes soon, and names what is in the way.
 */
import { RelayError } from "#shared/client/relay-error.ts";
import type { StreamDoor, WaitOptions } from "#shared/client/stream-door.ts";
import type { Cancel, Clock } from "../core/clock.ts";

/** What everybody waits: the quick tries after a short loss are over by then. */
export const SHORT_WAIT_MS = 2_000;
const LOOK_AGAIN_MS = 250;

export interface PatienceOptions {
  readonly door: StreamDoor;
  readonly clock: Clock;
  /** True while nobody tries to connect. */
  readonly isPausing: () => boolean;
}

export function patientDoor({ door, clock, isPausing }: PatienceOptions): StreamDoor {
  return {
    tryOpen: (head, listener) => door.tryOpen(head, listener),
    released: () => door.released(),
    get problem() {
      return door.problem;
    },
    open(head, listener, options: WaitOptions = {}) {
      const { signal } = options;
      const enough = new AbortController();
      let cancel: Cancel = () => undefined;
      const lookAfter = (ms: number) => {
        cancel = clock.after(ms, () => {
          if (isPausing()) enough.abort(new RelayError(door.problem ?? { code: "no_answer" }));
          else lookAfter(LOOK_AGAIN_MS);
        });
      };
      lookAfter(SHORT_WAIT_MS);
      const both = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]);
      return door.open(head, listener, { ...options, signal: both }).finally(() => cancel());
    },
  };
}
