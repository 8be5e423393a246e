/**
 * How long to wait before the next dial; pure. A relay that was there a moment ago is tried about twice a second for
 * ten seconds, because most absences are restarts; after that, and for a relay never seen, the wait grows from half a
 * second to thirty. Every wait is jittered, so that the nodes of one relay do not all come back in one instant, and a
 * relay that accepts and drops connections in a loop gets no more quick tries than one that is gone.
 */

export interface Backoff {
  /** When the last working connection was lost; undefined when none was since the start or a proven one. */
  readonly lostAt: number | undefined;
  readonly quickTries: number;
  readonly slowTries: number;
}

/** At the start, and again after a connection has proven itself. */
export const FRESH: Backoff = { lostAt: undefined, quickTries: 0, slowTries: 0 };

/** A connection that lasted this long proves that the relay works. */
export const PROVEN_AFTER_MS = 10_000;

const QUICK_WINDOW_MS = 10_000;
const MAX_QUICK_TRIES = 40;
const QUICK_MIN_MS = 250;
const QUICK_MAX_MS = 750;
const SLOW_MIN_MS = 500;
const SLOW_MAX_MS = 30_000;
const PATIENT_MIN_MS = 60_000;
const PATIENT_MAX_MS = 75_000;

export interface Wait {
  readonly ms: number;
  readonly next: Backoff;
}

/** Notes that a connection was lost. A relay that announced its restart opens the quick window anew. */
export function connectionLost(backoff: Backoff, now: number, announced: boolean): Backoff {
  return { ...backoff, lostAt: announced ? now : (backoff.lostAt ?? now) };
}

export function isQuick({ lostAt, quickTries }: Backoff, now: number): boolean {
  return lostAt !== undefined && now - lostAt < QUICK_WINDOW_MS && quickTries < MAX_QUICK_TRIES;
}

/** The wait before the next dial. `random` gives numbers from 0 up to 1. */
export function nextWait(backoff: Backoff, now: number, patient: boolean, random: () => number): Wait {
  const between = (min: number, max: number) => Math.round(min + random() * (max - min));
  if (patient) return { ms: between(PATIENT_MIN_MS, PATIENT_MAX_MS), next: backoff };
  if (isQuick(backoff, now)) {
    return {
      ms: between(QUICK_MIN_MS, QUICK_MAX_MS),
      next: { ...backoff, quickTries: backoff.quickTries + 1 },
    };
  }
  return {
    ms: between(SLOW_MIN_MS, growing(backoff.slowTries)),
    next: { ...backoff, slowTries: backoff.slowTries + 1 },
  };
}

/** The longest wait before try number `tries`, counted from 0: 1 s, 2 s, 4 s … 30 s. */
function growing(tries: number): number {
  return Math.min(SLOW_MAX_MS, 2 * SLOW_MIN_MS * 2 ** Math.min(tries, 10));
}
