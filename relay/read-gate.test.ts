import { describe, expect, it } from "vitest";
import { ReadGate } from "./read-gate.ts";

class Reader {
  paused = false;
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a read gate", () => {
  it("stops everybody, newcomers too, and lets them in again one in each turn", async () => {
    const gate = new ReadGate();
    const [a, b, c] = [new Reader(), new Reader(), new Reader()];
    gate.enter(a);
    gate.enter(b);
    gate.close();
    gate.enter(c);
    expect([a, b, c].map((reader) => reader.paused)).toEqual([true, true, true]);
    gate.open();
    expect([a, b, c].map((reader) => reader.paused)).toEqual([false, true, true]);
    await turn();
    expect([a, b, c].map((reader) => reader.paused)).toEqual([false, false, true]);
    await turn();
    expect(c.paused).toBe(false);
  });

  it("goes on with those who have waited longest when it closed in between", async () => {
    const gate = new ReadGate();
    const [a, b] = [new Reader(), new Reader()];
    gate.enter(a);
    gate.enter(b);
    gate.close();
    gate.open();
    gate.close();
    await turn();
    expect([a.paused, b.paused]).toEqual([true, true]);
    gate.open();
    expect([a.paused, b.paused]).toEqual([true, false]);
  });

  it("forgets who leaves, and frees everybody when the node is gone", () => {
    const gate = new ReadGate();
    const [a, b] = [new Reader(), new Reader()];
    gate.enter(a);
    gate.enter(b);
    gate.leave(a);
    gate.close();
    expect([a.paused, b.paused]).toEqual([false, true]);
    gate.dispose();
    expect(b.paused).toBe(false);
  });
});
