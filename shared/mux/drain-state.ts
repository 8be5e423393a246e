/**
 * A channel that takes no new streams and ends when the old ones have (protocol section 4: at 23 h CONTROL
 * `drain`). Either end may begin it; it is never taken back.
 */
import type { MuxerHandlers } from "./muxer.ts";
import type { Schedule } from "./turn-scheduler.ts";

export interface DrainOptions {
  readonly handlers: MuxerHandlers;
  readonly schedule: Schedule;
  /** No stream is open, and the channel is not over. */
  readonly isIdle: () => boolean;
}

export class DrainState {
  private readonly options: DrainOptions;
  private draining = false;
  private announced = false;
  private hasTold = false;

  constructor(options: DrainOptions) {
    this.options = options;
  }

  get isDraining(): boolean {
    return this.draining;
  }

  /** This end drains. True the first time: the peer has to be told. */
  begin(): boolean {
    if (this.announced) return false;
    this.announced = true;
    this.draining = true;
    this.streamGone();
    return true;
  }

  /** The peer drains. */
  beginByPeer(): void {
    if (!this.draining) this.options.handlers.draining?.();
    this.draining = true;
    this.streamGone();
  }

  /** Tells the owner when that was the last. In a later turn: what the stream had to say is on its way by then. */
  streamGone(): void {
    if (!this.draining || !this.options.isIdle()) return;
    this.options.schedule(() => {
      if (this.hasTold || !this.options.isIdle()) return;
      this.hasTold = true;
      this.options.handlers.drained?.();
    });
  }
}
