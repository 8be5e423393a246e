import { describe, expect, it } from "vitest";
import { GONE_ROUTE_MS, MIN_SWEEP_MS } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { Routes } from "./routes.ts";

function make(max = 100, maxPerNode = 2, maxGone = 100) {
  const clock = new FakeClock();
  return { clock, routes: new Routes({ clock, max, maxPerNode, maxGone }) };
}

describe("routes", () => {
  it("belong to one node while they live, and to whoever comes next afterwards", () => {
    const { clock, routes } = make();
    expect(routes.add("a", "K7QX", 1_000)).toBeUndefined();
    expect(routes.add("b", "K7QX", 1_000)).toBe("route_taken");
    clock.advance(999);
    expect(routes.find("K7QX")).toEqual({ nodeId: "a" });
    clock.advance(1);
    expect(routes.find("K7QX")).toBe("offer_gone");
    expect(routes.add("b", "K7QX", 1_000)).toBeUndefined();
    expect(routes.find("K7QX")).toEqual({ nodeId: "b" });
  });

  it("are as many per node as allowed, renewals not counted and the expired ones neither", () => {
    const { clock, routes } = make();
    expect(routes.add("a", "AAAA", 1_000)).toBeUndefined();
    expect(routes.add("a", "BBBB", 2_000)).toBeUndefined();
    expect(routes.add("a", "CCCC", 1_000)).toBe("too_many_offers");
    expect(routes.add("a", "AAAA", 1_000)).toBeUndefined();
    expect(routes.add("b", "CCCC", 1_000)).toBeUndefined();
    clock.advance(1_000);
    expect(routes.add("a", "DDDD", 1_000)).toBeUndefined();
    routes.remove("a", "BBBB");
    expect(routes.add("a", "EEEE", 1_000)).toBeUndefined();
  });

  it("are bounded in all: the expired make room, the live do not", () => {
    const { clock, routes } = make(2, 9);
    routes.add("a", "AAAA", 1_000);
    routes.add("a", "BBBB", 10 * GONE_ROUTE_MS);
    expect(routes.add("b", "CCCC", 1_000)).toBe("relay_full");
    clock.advance(1_000);
    expect(routes.add("b", "CCCC", 1_000)).toBeUndefined();
    expect(routes.find("AAAA")).toBe("offer_gone");
    clock.advance(GONE_ROUTE_MS);
    routes.sweep();
    expect(routes.find("AAAA")).toBe("unknown_route");
  });

  it("that a node makes and withdraws without end take nobody's room, and no memory without end", () => {
    const { routes } = make(2, 2, 3);
    for (const route of ["AAAA", "BBBB", "CCCC", "DDDD", "EEEE"]) {
      expect(routes.add("a", route, 1_000)).toBeUndefined();
      routes.remove("a", route);
    }
    expect(routes.add("b", "FFFF", 1_000)).toBeUndefined();
    expect(["BBBB", "CCCC", "EEEE"].map((route) => routes.find(route))).toEqual([
      "unknown_route",
      "offer_gone",
      "offer_gone",
    ]);
  });

  it("are looked through for room once in a while, not for every offer that finds none", () => {
    const { clock, routes } = make(1, 9);
    routes.add("a", "AAAA", MIN_SWEEP_MS / 2);
    expect(routes.add("b", "BBBB", 1_000)).toBe("relay_full");
    clock.advance(MIN_SWEEP_MS - 1);
    expect(routes.add("b", "BBBB", 1_000)).toBe("relay_full");
    clock.advance(1);
    expect(routes.add("b", "BBBB", 1_000)).toBeUndefined();
  });

  it("that were shown to the relay never come back, not even to their own node", () => {
    const { clock, routes } = make();
    routes.add("a", "AAAA", 1_000);
    expect(routes.expose("AAAA")).toEqual({ nodeId: "a" });
    expect(routes.expose("AAAA")).toBeUndefined();
    expect(routes.add("a", "AAAA", 1_000)).toBe("offer_gone");
    clock.advance(GONE_ROUTE_MS);
    routes.sweep();
    expect(routes.find("AAAA")).toBe("unknown_route");
  });

  it("are withdrawn by their node alone", () => {
    const { routes } = make();
    routes.add("a", "AAAA", 1_000);
    routes.remove("b", "AAAA");
    routes.removeOthers("b", new Set());
    expect(routes.find("AAAA")).toEqual({ nodeId: "a" });
    routes.add("a", "BBBB", 1_000);
    routes.removeOthers("a", new Set(["BBBB"]));
    expect(routes.find("AAAA")).toBe("offer_gone");
    expect(routes.find("BBBB")).toEqual({ nodeId: "a" });
  });
});
