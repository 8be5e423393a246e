import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { connectionLost, FRESH, nextWait } from "./backoff.ts";

const low = () => 0;
const high = () => 1 - Number.EPSILON;

/** The waits of tries that all fail, from the loss of a connection on. */
function waits(start: typeof FRESH, count: number, random: () => number): number[] {
  let backoff = start;
  let now = 0;
  return Array.from({ length: count }, () => {
    const { ms, next } = nextWait(backoff, now, false, random);
    backoff = next;
    now += ms;
    return ms;
  });
}

describe("waiting before the next dial", () => {
  it("grows from half a second to at most thirty for a relay never seen", () => {
    expect(waits(FRESH, 8, high)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(new Set(waits(FRESH, 8, low))).toEqual(new Set([500]));
  });

  it("stays below a second while the relay has been gone for less than ten", () => {
    const lost = connectionLost(FRESH, 0, false);
    let elapsed = 0;
    for (const ms of waits(lost, 40, high)) {
      if (elapsed < 10_000) expect(ms).toBeLessThan(1000);
      elapsed += ms;
    }
    expect(elapsed).toBeGreaterThan(10_000);
  });

  it("grows again once those ten seconds are over", () => {
    const late = waits(connectionLost(FRESH, 0, false), 30, high).slice(-5);
    expect(late).toContain(30_000);
  });

  it("is not shortened for ever by a relay that accepts and drops in a loop", () => {
    let backoff = FRESH;
    let now = 0;
    let dials = 0;
    while (now < 3_600_000) {
      backoff = connectionLost(backoff, now, true);
      const { ms, next } = nextWait(backoff, now, false, low);
      backoff = next;
      now += Math.max(ms, 1);
      dials += 1;
      if (dials > 45) break;
    }
    const { ms } = nextWait({ ...backoff, slowTries: 10 }, now, false, high);
    expect(ms).toBe(30_000);
    expect(backoff.slowTries).toBeGreaterThan(0);
  });

  it("counts an announced restart from its own moment", () => {
    const flapping = connectionLost(connectionLost(FRESH, 0, false), 60_000, true);
    expect(nextWait(flapping, 60_000, false, high).ms).toBeLessThan(1000);
    const silent = connectionLost(connectionLost(FRESH, 0, false), 60_000, false);
    expect(nextWait({ ...silent, slowTries: 5 }, 60_000, false, high).ms).toBe(30_000);
  });

  it("takes a minute when a person has to change something first", () => {
    expect(nextWait(FRESH, 0, true, low).ms).toBe(60_000);
    expect(nextWait(FRESH, 0, true, high).ms).toBe(75_000);
  });

  it("is always within its bounds", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat(100),
        fc.nat(100),
        fc.option(fc.nat(20_000), { nil: undefined }),
        (random, quickTries, slowTries, lostAt) => {
          const { ms } = nextWait({ lostAt, quickTries, slowTries }, 20_000, false, () => random);
          expect(ms).toBeGreaterThanOrEqual(250);
          expect(ms).toBeLessThanOrEqual(30_000);
        },
      ),
    );
  });
});
