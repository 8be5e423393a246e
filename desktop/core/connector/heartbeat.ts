/**
 * Tells a live connection from one that only looks open, as after a NAT forgot it or the machine slept: a ping every
 * 25 s, and after two intervals in which nothing at all was heard the connection is dead. Whoever was asked or told
 * something and is silent for five seconds is asked once more, and has ten for an answer; unless so much was sent that the
 * line may be busy with it for longer. A tick that comes much too late means this machine slept; then one ping decides
 * within seconds.
 */
import type { Cancel, Clock } from "../clock.ts";

const INTERVAL_MS = 25_000;
const MISSES = 2;
const PROBE_MS = 5_000;
const SLEPT_MS = 10_000;
const DOUBT_AFTER_MS = 5_000;
const DOUBT_MS = 10_000;
/** What a slow line brings over, and an answer back, before the doubt is over. */
const QUICK_BYTES = 128 * 1024;

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly ping: () => void;
  /** Called at most once. */
  readonly dead: () => void;
}

export interface Heartbeat {
  /** Something came from the peer, or it took what was queued. */
  heard(): void;
  /** So many bytes were sent. */
  sent(bytes: number): void;
  /** Decides within five seconds whether the peer is there. */
  probe(): void;
  stop(): void;
}

export function startHeartbeat({ clock, ping, dead }: HeartbeatOptions): Heartbeat {
  let heard = true;
  let misses = 0;
  let hearings = 0;
  let cancel: Cancel;
  let stopped = false;
  let unanswered = 0;
  let cancelDoubt: Cancel | undefined;

  function stop(): void {
    stopped = true;
    cancel();
    cancelDoubt?.();
  }

  function die(): void {
    stop();
    dead();
  }

  function schedule(): void {
    const expected = clock.now() + INTERVAL_MS;
    cancel = clock.after(INTERVAL_MS, () => {
      if (clock.now() - expected > SLEPT_MS) probe();
      else tick();
    });
  }

  function tick(): void {
    misses = heard ? 0 : misses + 1;
    if (misses >= MISSES) {
      die();
      return;
    }
    heard = false;
    schedule();
    ping();
    sent(0);
  }

  /** Looks in a while whether something came since. */
  function sent(bytes: number): void {
    unanswered += bytes;
    if (cancelDoubt !== undefined || stopped) return;
    const before = hearings;
    cancelDoubt = clock.after(DOUBT_AFTER_MS, () => {
      cancelDoubt = undefined;
      if (hearings === before && unanswered <= QUICK_BYTES) ask(DOUBT_MS);
    });
  }

  function probe(): void {
    if (!stopped) ask(PROBE_MS);
  }

  function ask(deadlineMs: number): void {
    cancel();
    heard = false;
    misses = 0;
    cancel = clock.after(deadlineMs, () => {
      if (heard) schedule();
      else die();
    });
    ping();
  }

  schedule();
  return {
    heard() {
      heard = true;
      hearings += 1;
      unanswered = 0;
    },
    sent,
    probe,
    stop,
  };
}
