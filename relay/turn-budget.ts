/**
 * How much of one socket is looked at in one turn of the event loop. Node reads up to 2 MB of a socket before it looks
 * at the next, and that can be a hundred thousand tiny messages: everybody else would wait for all of them.
 */
import { MAX_MESSAGES_PER_TURN } from "./limits.ts";

/** Whose turn it is. */
export interface TurnTaker {
  /** Stops reading the socket. */
  endTurn(): void;
  /** Goes on in the next turn. */
  nextTurn(): void;
}

export class TurnBudget {
  private readonly taker: TurnTaker;
  private taken = 0;

  constructor(taker: TurnTaker) {
    this.taker = taker;
  }

  /** A message or control frame has come. Those that were read already still follow. */
  take(): void {
    this.taken += 1;
    if (this.taken === 1) setImmediate(turnOver, this);
    else if (this.taken === MAX_MESSAGES_PER_TURN) this.taker.endTurn();
  }

  over(): void {
    const wasPaused = this.taken >= MAX_MESSAGES_PER_TURN;
    this.taken = 0;
    if (wasPaused) this.taker.nextTurn();
  }
}

/** One function for all sockets: thousands of idle ones shall not keep one each. */
function turnOver(budget: TurnBudget): void {
  budget.over();
}
