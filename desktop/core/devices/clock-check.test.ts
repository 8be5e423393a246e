import { describe, expect, it } from "vitest";
import { fakeClock } from "../testing/fake-clock.ts";
import { ClockCheck, MAX_CLOCK_DIFFERENCE_MS } from "./clock-check.ts";

function setUp() {
  const clock = fakeClock();
  const doubts: number[] = [];
  const check = new ClockCheck({ clock, doubtful: (aheadMs) => doubts.push(aheadMs) });
  return { clock, doubts, check };
}

describe("this machine's clock", () => {
  it("is not believed before a relay has said the same", () => {
    const { clock, check } = setUp();
    expect(check.isPlausible()).toBe(false);
    check.compare(clock.now());
    expect(check.isPlausible()).toBe(true);
  });

  it.each([1, -1])("is believed up to a day of difference, and not beyond (%i)", (sign) => {
    const { clock, check, doubts } = setUp();
    check.compare(clock.now() - sign * MAX_CLOCK_DIFFERENCE_MS);
    expect(check.isPlausible()).toBe(true);
    expect(doubts).toEqual([]);
    check.compare(clock.now() - sign * (MAX_CLOCK_DIFFERENCE_MS + 1));
    expect(check.isPlausible()).toBe(false);
    expect(doubts).toEqual([sign * (MAX_CLOCK_DIFFERENCE_MS + 1)]);
  });

  it("is told to be doubtful once, until the two have agreed again", () => {
    const { clock, check, doubts } = setUp();
    const apart = 40 * MAX_CLOCK_DIFFERENCE_MS;
    for (let times = 0; times < 3; times++) check.compare(clock.now() - apart);
    expect(doubts).toEqual([apart]);
    check.compare(clock.now());
    check.compare(clock.now() - apart);
    expect(doubts).toEqual([apart, apart]);
  });

  it("is not believed any more when it jumps, and is while it goes on", () => {
    const { clock, check } = setUp();
    check.compare(clock.now());
    for (let day = 0; day < 60; day++) {
      clock.advance(MAX_CLOCK_DIFFERENCE_MS);
      expect(check.isPlausible()).toBe(true);
    }
    clock.advance(MAX_CLOCK_DIFFERENCE_MS + 1);
    expect(check.isPlausible()).toBe(false);
    expect(check.isPlausible()).toBe(false);
    check.compare(clock.now());
    expect(check.isPlausible()).toBe(true);
  });
});
