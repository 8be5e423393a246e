import { describe, expect, it } from "vitest";
import { Backoff, LONGEST_WAIT_MS, SHORTEST_WAIT_MS } from "./backoff.ts";

describe("the wait between attempts", () => {
  it("doubles from half a second and never passes half a minute", () => {
    const least = new Backoff(() => 0);
    expect(Array.from({ length: 8 }, () => least.next())).toEqual([
      500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
    ]);
    const most = new Backoff(() => 0.999_999);
    const waits = Array.from({ length: 40 }, () => most.next());
    expect(Math.max(...waits)).toBeLessThanOrEqual(LONGEST_WAIT_MS);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(SHORTEST_WAIT_MS);
  });

  it("differs between devices", () => {
    expect(new Backoff(() => 0.1).next()).not.toBe(new Backoff(() => 0.9).next());
  });

  it("starts again after success", () => {
    const backoff = new Backoff(() => 0);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(SHORTEST_WAIT_MS);
  });

  it("is as long as the other side asked for, and a little longer", () => {
    expect(new Backoff(() => 0).next(45_000)).toBe(45_000);
    expect(new Backoff(() => 0.5).next(45_000)).toBeGreaterThan(45_000);
    expect(new Backoff(() => 0).next(100)).toBe(SHORTEST_WAIT_MS);
  });
});
