/**
 * Bounds on what costs no credit (protocol section 4: "free, and limited in rate"). Each is far above what an
 * honest peer sends at full load, and keeps one that is not honest from taking this end's processor: pings
 * without end, streams opened to be reset, control messages, records of nothing.
 */
import { MuxError } from "./mux-error.ts";
import { RateLimit } from "./rate-limit.ts";

const MIB = 1024 * 1024;

const LIMITS = {
  /** PING frames. */
  pings: { burst: 64, perSecond: 32 },
  /** CONTROL frames. An app whose scripts write a cookie before each request sends one with each. */
  controls: { burst: 4096, perSecond: 2048 },
  /** Streams that came to nothing: reset by the peer, or refused. */
  wasted: { burst: 4096, perSecond: 1024 },
  /** All frames without credit. Twenty thousand requests a second need sixty thousand. */
  frames: { burst: 262_144, perSecond: 262_144 },
  /** Whole records without credit. */
  bytes: { burst: 64 * MIB, perSecond: 64 * MIB },
} as const;

export type FloodKind = keyof typeof LIMITS;

export class FloodGuard {
  private readonly limits: Readonly<Record<FloodKind, RateLimit>>;

  constructor(now: number) {
    const limit = (kind: FloodKind) => new RateLimit(LIMITS[kind].burst, LIMITS[kind].perSecond, now);
    this.limits = {
      pings: limit("pings"),
      controls: limit("controls"),
      wasted: limit("wasted"),
      frames: limit("frames"),
      bytes: limit("bytes"),
    };
  }

  /** Throws MuxError `flood` when there have been too many lately. */
  count(kind: FloodKind, amount: number, now: number): void {
    if (!this.limits[kind].take(amount, now)) throw new MuxError("flood", `too many ${kind}`);
  }
}
