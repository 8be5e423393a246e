import { describe, expect, it } from "vitest";
import { fakeClock } from "../core/testing/fake-clock.ts";
import { QUIT_DEADLINE_MS, quitter } from "./quit.ts";

function setUp(stop: () => Promise<void>) {
  const clock = fakeClock();
  const exits: number[] = [];
  let stops = 0;
  const quit = quitter({
    app: { exit: (code = 0) => void exits.push(code) },
    clock,
    stop: () => {
      stops += 1;
      return stop();
    },
  });
  return { clock, exits, quit, stops: () => stops };
}

describe("quitting", () => {
  it("stops once, then ends the process", async () => {
    const { quit, exits, stops } = setUp(async () => undefined);
    quit();
    quit();
    await Promise.resolve();
    await Promise.resolve();
    expect([stops(), exits]).toEqual([1, [0]]);
  });

  it("ends the process at the deadline, whatever hangs", () => {
    const { quit, exits, clock } = setUp(() => new Promise(() => undefined));
    quit();
    clock.advance(QUIT_DEADLINE_MS - 1);
    expect(exits).toEqual([]);
    clock.advance(1);
    expect(exits).toEqual([0]);
  });

  it("ends the process when stopping fails", async () => {
    const { quit, exits } = setUp(() => Promise.reject(new Error("no")));
    quit();
    await new Promise((resolve) => setImmediate(resolve));
    expect(exits).toEqual([0]);
  });
});
