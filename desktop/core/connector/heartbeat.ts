/**
 * Tells a live connection from one that only looks open, as after a NAT forgot it or the machine slept: a ping every
 * 25 s, and after two intervals in which nothing at all was heard the connection is dead. A tick that comes much too
 * late means this machine slept; then one ping decides within seconds.
 */
import type { Cancel, Clock } from "../clock.ts";

const INTERVAL_MS = 25_000;
const MISSES = 2;
const PROBE_MS = 5_000;
const SLEPT_MS = 10_000;

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly ping: () => void;
  /** Called at most once. */
  readonly dead: () => void;
}

export interface Heartbeat {
  /** Something came from the peer, or it took what was queued. */
  heard(): void;
  /** Decides within five seconds whether the peer is there. */
  probe(): void;
  stop(): void;
}

export function startHeartbeat({ clock, ping, dead }: HeartbeatOptions): Heartbeat {
  let heard = true;
  let misses = 0;
  let cancel: Cancel;
  let stopped = false;

  function stop(): void {
    stopped = true;
    cancel();
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
  }

  function probe(): void {
    if (stopped) return;
    cancel();
    heard = false;
    misses = 0;
    cancel = clock.after(PROBE_MS, () => {
      if (heard) schedule();
      else die();
    });
    ping();
  }

  schedule();
  return {
    heard() {
      heard = true;
    },
    probe,
    stop,
  };
}
