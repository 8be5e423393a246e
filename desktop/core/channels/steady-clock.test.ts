import { describe, expect, it } from "vitest";
import { fakeClock } from "../testing/fake-clock.ts";
import { steadyClock } from "./steady-clock.ts";

describe("a steady clock", () => {
  it("goes with the other and never back", () => {
    const wall = fakeClock();
    const steady = steadyClock(wall);
    const seen = [0, 10, -3_600_000, 5, 0, 7].map((step) => {
      wall.advance(step);
      return steady.now();
    });
    expect(seen).toEqual([0, 10, 10, 15, 15, 22]);
  });

  it("has the other's timers", () => {
    const wall = fakeClock();
    const ran: string[] = [];
    const steady = steadyClock(wall);
    steady.after(10, () => ran.push("called off"))();
    steady.after(10, () => ran.push("ran"));
    wall.advance(9);
    expect(ran).toEqual([]);
    wall.advance(1);
    expect(ran).toEqual(["ran"]);
  });
});
