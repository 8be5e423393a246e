/**
 * PING and PONG: the round trip that windows grow by, and a sign of life on demand. A round trip is counted from
 * the moment its PING is put into a record. The smallest one is kept for good: a channel lives on one connection,
 * and later ones include the queues that traffic makes.
 */
import type { MuxClock } from "./clock.ts";
import { INNER } from "./inner-types.ts";
import type { Outgoing } from "./outgoing.ts";
import { PING_BYTES } from "./payloads.ts";

/** While data flows, the round trip is measured this often. */
const PROBE_EVERY_MS = 10_000;

interface Ping {
  readonly number: number;
  readonly settle: ((roundTripMs: number | undefined) => void) | undefined;
  sentAt: number | undefined;
}

export class RoundTrip {
  private readonly clock: MuxClock;
  private readonly outgoing: Outgoing;
  private pending: Ping[] = [];
  private last = 0;
  private probedAt: number | undefined;
  private smallest: number | undefined;
  private isOver = false;

  constructor({ clock, outgoing }: { clock: MuxClock; outgoing: Outgoing }) {
    this.clock = clock;
    this.outgoing = outgoing;
  }

  /** Milliseconds, the smallest so far. */
  get smallestMs(): number | undefined {
    return this.smallest;
  }

  /** Measures again, when it is time to. Called where data flows. */
  probe(now: number): void {
    if (this.isOver || (this.probedAt !== undefined && now - this.probedAt < PROBE_EVERY_MS)) return;
    this.probedAt = now;
    // A probe that was never answered is not waited for any longer.
    this.pending = this.pending.filter((ping) => ping.settle);
    this.send(undefined);
  }

  /** Resolves with the round trip, or with undefined after `deadlineMs` or at the end of the channel. */
  ping(deadlineMs: number): Promise<number | undefined> {
    return new Promise((resolve) => {
      if (this.isOver) {
        resolve(undefined);
        return;
      }
      const settle = (roundTripMs: number | undefined) => {
        cancel();
        resolve(roundTripMs);
      };
      const cancel = this.clock.after(deadlineMs, () => {
        this.pending = this.pending.filter((ping) => ping.settle !== settle);
        resolve(undefined);
      });
      this.send(settle);
    });
  }

  /** A PONG came. One that answers no PING of ours is ignored: its PING may have missed its deadline. */
  pong(payload: Uint8Array): void {
    const number = new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getFloat64(0);
    const index = this.pending.findIndex((ping) => ping.number === number);
    const [ping] = index < 0 ? [] : this.pending.splice(index, 1);
    if (ping?.sentAt === undefined) return;
    const roundTripMs = this.clock.now() - ping.sentAt;
    this.smallest = Math.min(roundTripMs, this.smallest ?? roundTripMs);
    ping.settle?.(roundTripMs);
  }

  /** The channel is over. */
  stop(): void {
    this.isOver = true;
    const pending = this.pending;
    this.pending = [];
    for (const ping of pending) ping.settle?.(undefined);
  }

  private send(settle: Ping["settle"]): void {
    this.last += 1;
    const ping: Ping = { number: this.last, settle, sentAt: undefined };
    this.pending.push(ping);
    const payload = new Uint8Array(PING_BYTES);
    new DataView(payload.buffer).setFloat64(0, ping.number);
    this.outgoing.sendControl(INNER.PING, 0, payload, () => {
      ping.sentAt = this.clock.now();
    });
  }
}
