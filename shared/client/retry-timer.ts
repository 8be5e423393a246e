/**
 * When a session tries again. Waits grow with each failure and are short again once the PC has answered, unless its
 * connections keep breaking early: then an answer proves nothing, and the waits grow all the same. What was lost a moment
 * ago is tried about twice a second for ten seconds, because most absences are restarts, as the PC does it.
 */
import type { MuxClock } from "#shared/mux/clock.ts";
import { Backoff } from "./backoff.ts";
import type { Problem } from "./problem.ts";

/** A request that finds nobody connected may cause an attempt this soon after the last one. */
const NUDGE_AFTER_MS = 2_000;
/** After a loss, and at most so many tries. Milliseconds. */
const QUICK_WINDOW_MS = 10_000;
const MAX_QUICK_TRIES = 20;
const QUICK_MIN_MS = 250;
const QUICK_MAX_MS = 750;
/** The answers that make a connection count as stable: the second comes 15 s after the first. */
const STABLE_ANSWERS = 2;
/** So many connections may break early, one after the other, before the waits grow in spite of their answers. */
const MAX_BRIEF_CONNECTIONS = 10;

export class RetryTimer {
  private readonly clock: MuxClock;
  private readonly now: () => number;
  private readonly random: () => number;
  private readonly backoff: Backoff;
  private lostAt = Number.NEGATIVE_INFINITY;
  private quickTries = 0;
  private cancelNext: () => void = () => undefined;
  private endedAt = Number.NEGATIVE_INFINITY;
  private briefConnections = 0;

  constructor({ clock, now, random }: { clock: MuxClock; now: () => number; random: () => number }) {
    this.clock = clock;
    this.now = now;
    this.random = random;
    this.backoff = new Backoff(random);
  }

  /** Runs a function after the next wait, in place of what was to run. Returns the wait in milliseconds. */
  after(problem: Problem, run: () => void): number {
    const waitMs = this.isQuick(problem) ? this.quickWait() : this.backoff.next(problem.retryMs);
    this.cancel();
    this.cancelNext = this.clock.after(waitMs, run);
    return waitMs;
  }

  cancel(): void {
    this.cancelNext();
  }

  /** An attempt is over, well or not. */
  attemptEnded(): void {
    this.endedAt = this.now();
  }

  /** The PC has answered on a connection, for the `count`th time. */
  answered(count: number): void {
    if (count >= STABLE_ANSWERS) this.briefConnections = 0;
    if (this.isTrusting) this.backoff.reset();
    if (count === 1) this.briefConnections += 1;
  }

  /** A connection on which the PC had answered is gone. */
  lost(): void {
    this.lostAt = this.now();
    this.quickTries = 0;
  }

  /** Somebody knows that things have changed. */
  startAfresh(): void {
    this.backoff.reset();
  }

  /** Whether connections have not just broken too often for an attempt without a wait. */
  get isTrusting(): boolean {
    return this.briefConnections < MAX_BRIEF_CONNECTIONS;
  }

  /** Not for a PC that said that it sleeps, and not against the word of who asks for more time. */
  private isQuick({ code, retryMs }: Problem): boolean {
    if (code === "node_sleeping" || retryMs !== undefined || !this.isTrusting) return false;
    return this.now() - this.lostAt < QUICK_WINDOW_MS && this.quickTries < MAX_QUICK_TRIES;
  }

  private quickWait(): number {
    this.quickTries += 1;
    return QUICK_MIN_MS + this.random() * (QUICK_MAX_MS - QUICK_MIN_MS);
  }

  /** Whether somebody's impatience may cause an attempt now. */
  mayHurry(problem: Problem | undefined): boolean {
    return problem?.retryMs === undefined && this.now() - this.endedAt >= NUDGE_AFTER_MS;
  }
}
