/**
 * Remembers whether the local API can be reached, since when, and why not. Calls tell it most of the time; while it
 * is down, or nobody calls, it opens a connection now and then and closes it without a word.
 */
import type { Cancel, Clock } from "../clock.ts";
import type { FailureName } from "./failure-name.ts";

export type ApiState =
  | { readonly kind: "unknown" }
  | { readonly kind: "up"; readonly since: number }
  | { readonly kind: "down"; readonly since: number; readonly because: FailureName };

const PROBE_WHEN_DOWN_MS = 5_000;
const PROBE_WHEN_IDLE_MS = 30_000;

export interface ApiWatchOptions {
  readonly clock: Clock;
  /** Tries to connect: undefined when it worked. */
  readonly probe: () => Promise<FailureName | undefined>;
  readonly changed: (state: ApiState) => void;
}

export interface ApiWatch {
  readonly state: ApiState;
  /** What a call came to; undefined when the API answered. */
  outcome(failure: FailureName | undefined): void;
  stop(): void;
}

/** Starts with a probe. */
export function watchApi({ clock, probe, changed }: ApiWatchOptions): ApiWatch {
  let state: ApiState = { kind: "unknown" };
  let heard = false;
  let stopped = false;
  let cancel: Cancel | undefined;

  function outcome(failure: FailureName | undefined): void {
    if (stopped) return;
    heard = true;
    const unreachable = failure === "ConnectError" || failure === "ConnectTimeout";
    // An API that answers slowly or wrongly is there; one nobody has reached yet is not known to be.
    if (failure !== undefined && !unreachable) return;
    const kind = unreachable ? "down" : "up";
    if (state.kind === kind) return;
    state = unreachable
      ? { kind: "down", since: clock.now(), because: failure }
      : { kind: "up", since: clock.now() };
    changed(state);
  }

  function scheduleProbe(): void {
    heard = false;
    cancel = clock.after(state.kind === "down" ? PROBE_WHEN_DOWN_MS : PROBE_WHEN_IDLE_MS, () => {
      if (heard && state.kind === "up") scheduleProbe();
      else runProbe();
    });
  }

  function runProbe(): void {
    void probe().then((failure) => {
      if (stopped) return;
      outcome(failure);
      scheduleProbe();
    });
  }

  runProbe();
  return {
    get state() {
      return state;
    },
    outcome,
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
