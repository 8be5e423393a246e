import { describe, expect, it } from "vitest";
import { OutputBudget } from "./output-budget.ts";

class Sender {
  weight = 0;
  overflowed = false;
  private readonly budget: OutputBudget;
  constructor(budget: OutputBudget) {
    this.budget = budget;
  }
  queue(delta: number): void {
    this.weight += delta;
    this.budget.changed(this, delta);
  }
  overflow(): void {
    this.overflowed = true;
  }
}

describe("what waits in all sockets together", () => {
  it("may reach the limit; above it the one with the most is closed, whoever sent last", () => {
    const budget = new OutputBudget(100);
    const [small, large] = [new Sender(budget), new Sender(budget)];
    large.queue(60);
    small.queue(40);
    expect([small.overflowed, large.overflowed]).toEqual([false, false]);
    small.queue(1);
    expect([small.overflowed, large.overflowed]).toEqual([false, true]);
  });

  it("is counted down when it leaves", () => {
    const budget = new OutputBudget(100);
    const sender = new Sender(budget);
    for (let i = 0; i < 10; i++) {
      sender.queue(100);
      sender.queue(-100);
    }
    expect([budget.queuedBytes, sender.overflowed]).toEqual([0, false]);
  });
});
