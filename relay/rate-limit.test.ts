import { describe, expect, it } from "vitest";
import { RateLimit } from "./rate-limit.ts";
import { FakeClock } from "./testing/fake-clock.ts";

describe("a rate limit", () => {
  it("allows so many attempts in a minute, and says when the next is due", () => {
    const clock = new FakeClock();
    const limit = new RateLimit({ clock, perMinute: 2 });
    expect(limit.attempt("a")).toBeUndefined();
    clock.advance(10_000);
    expect(limit.attempt("a")).toBeUndefined();
    expect(limit.attempt("a")).toBe(50_000);
    expect(limit.attempt("b")).toBeUndefined();
    clock.advance(49_999);
    expect(limit.attempt("a")).toBe(1);
    clock.advance(1);
    expect(limit.attempt("a")).toBeUndefined();
  });

  it("keeps a bounded number of addresses", () => {
    const limit = new RateLimit({ clock: new FakeClock(), perMinute: 1, maxAddresses: 2 });
    limit.attempt("a");
    limit.attempt("b");
    expect(limit.attempt("a")).toBeDefined();
    limit.attempt("c");
    expect(limit.attempt("a")).toBeDefined();
    expect(limit.attempt("b")).toBeUndefined();
  });
});
