/** Whether nodes of protocol 1 are alive: each is pinged once at a time, however many want to know. */
import type { Clock } from "../clock.ts";
import type { OnlineNode } from "../hub.ts";
import { HOLDER_PING_MS } from "../limits.ts";

export class Liveness {
  private readonly clock: Clock;
  private readonly asked = new Map<OnlineNode, Promise<boolean>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Whether `node` gives a sign of life within HOLDER_PING_MS. */
  isAlive(node: OnlineNode): Promise<boolean> {
    const asked = this.asked.get(node);
    if (asked !== undefined) return asked;
    const answer = new Promise<boolean>((resolve) => {
      node.peer.askAlive(this.clock, HOLDER_PING_MS, (alive) => {
        this.asked.delete(node);
        resolve(alive);
      });
    });
    this.asked.set(node, answer);
    return answer;
  }
}
