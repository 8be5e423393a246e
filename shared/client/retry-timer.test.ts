import { describe, expect, it } from "vitest";
import { RetryTimer } from "./retry-timer.ts";

function setUp() {
  let now = 1_000_000;
  const clock = { now: () => now, after: () => () => undefined };
  const timer = new RetryTimer({ clock, now: () => now, random: () => 0.5 });
  const wait = (problem: Parameters<RetryTimer["after"]>[0] = { code: "relay_unreachable" }) => {
    const ms = timer.after(problem, () => undefined);
    now += ms;
    return ms;
  };
  return { timer, wait, pass: (ms: number) => (now += ms) };
}

describe("the wait after a loss", () => {
  it("is half a second for ten seconds, and grows from then on", () => {
    const { timer, wait } = setUp();
    timer.lost();
    expect(Array.from({ length: 20 }, () => wait())).toEqual(Array(20).fill(500));
    expect(wait()).toBe(750);
    expect(wait()).toBeGreaterThan(1_000);
  });

  it("is short for ten seconds only, however few the tries were", () => {
    const { timer, wait, pass } = setUp();
    timer.lost();
    pass(9_999);
    expect(wait()).toBe(500);
    expect(wait()).toBe(750);
  });

  it("is never short before there was a connection, for a PC that sleeps, or against another's word", () => {
    const { timer, wait } = setUp();
    expect([wait(), wait()]).toEqual([750, 1_500]);
    timer.lost();
    expect(wait({ code: "node_sleeping" })).toBe(3_000);
    expect(wait({ code: "rate_limited", retryMs: 60_000 })).toBeGreaterThan(60_000);
    expect(wait()).toBeGreaterThan(6_000);
  });

  it("grows all the same when connections keep breaking early", () => {
    const { timer, wait } = setUp();
    for (let i = 0; i < 10; i += 1) timer.answered(1);
    timer.lost();
    expect(wait()).toBe(750);
  });
});
