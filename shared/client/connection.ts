/** One channel of a session with what belongs to it: its muxer, its heartbeat, and when it is to be replaced. */
import type { MuxClock } from "#shared/mux/clock.ts";
import type { ClientMuxer } from "#shared/mux/muxer.ts";
import { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";

export class Connection {
  private readonly clock: MuxClock;
  private opened: ClientMuxer | undefined;
  private heart: Heartbeat | undefined;
  private cancelRenewal: () => void = () => undefined;

  constructor(clock: MuxClock) {
    this.clock = clock;
  }

  /** Undefined until the channel is open. */
  get muxer(): ClientMuxer | undefined {
    return this.opened;
  }

  get heartbeat(): Heartbeat | undefined {
    return this.heart;
  }

  /** The channel is open. Once. The heartbeat does not beat before it is started. */
  open(muxer: ClientMuxer, heartbeat: Omit<HeartbeatOptions, "muxer" | "clock">): Heartbeat {
    this.opened = muxer;
    this.heart = new Heartbeat({ ...heartbeat, muxer, clock: this.clock });
    return this.heart;
  }

  /** In place of what was planned before. */
  renewAfter(delayMs: number, renew: () => void): void {
    this.cancelRenewal();
    this.cancelRenewal = this.clock.after(delayMs, renew);
  }

  /** It lives on without being replaced: another one has taken over. */
  keep(): void {
    this.cancelRenewal();
  }

  /** Nothing of it happens by itself any more. */
  rest(): void {
    this.heart?.stop();
    this.cancelRenewal();
  }
}
