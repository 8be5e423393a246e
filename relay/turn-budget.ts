/**
 * How much of one socket is looked at in one turn of the event loop. Node reads up to 2 MB of a socket before it looks
 * at the next, and that can be a hundred thousand tiny messages: everybody else would wait for all of them.
 */
import { MAX_MESSAGES_PER_TURN } from "./limits.ts";

export class TurnBudget {
  private readonly pause: () => void;
  private readonly resume: () => void;
  private taken = 0;

  /** `pause` stops reading the socket, `resume` goes on in the next turn. */
  constructor(options: { pause: () => void; resume: () => void }) {
    this.pause = options.pause;
    this.resume = options.resume;
  }

  /** A message or control frame has come. Those that were read already still follow. */
  take(): void {
    this.taken += 1;
    if (this.taken === 1) setImmediate(this.nextTurn);
    else if (this.taken === MAX_MESSAGES_PER_TURN) this.pause();
  }

  private readonly nextTurn = (): void => {
    const wasPaused = this.taken >= MAX_MESSAGES_PER_TURN;
    this.taken = 0;
    if (wasPaused) this.resume();
  };
}
