import { describe, expect, it } from "vitest";
import { DigestTable, type Expiring, sha256 } from "./digest-table.ts";
import { MIN_SWEEP_MS } from "./limits.ts";
import { Offers } from "./offers.ts";
import { Sessions } from "./sessions.ts";
import { FakeClock } from "./testing/fake-clock.ts";

describe("a table of digests", () => {
  const make = (max: number) => {
    const clock = new FakeClock();
    const removed: Expiring[] = [];
    const table = new DigestTable<Expiring>({ clock, max, removed: (entry) => removed.push(entry) });
    const entry = (secret: string, ttl: number) => ({ digest: sha256(secret), expiresAt: clock.now() + ttl });
    return { clock, table, removed, entry };
  };

  it("holds as many live entries as it may, refuses one more, and makes room from the expired", () => {
    const { clock, table, removed, entry } = make(2);
    expect(table.set(entry("a", MIN_SWEEP_MS / 2))).toBe(true);
    expect(table.set(entry("b", 2 * MIN_SWEEP_MS))).toBe(true);
    expect(table.set(entry("c", 20))).toBe(false);
    expect(table.get(sha256("c"))).toBeUndefined();
    // It is looked through once in a while, not for every entry that finds no room.
    clock.advance(MIN_SWEEP_MS - 1);
    expect(table.set(entry("c", 20))).toBe(false);
    clock.advance(1);
    expect(table.set(entry("c", 20))).toBe(true);
    expect(table.size).toBe(2);
    expect(removed).toHaveLength(1);
  });

  it("finds nothing for a digest that only begins like a known one", () => {
    const { table, entry } = make(2);
    table.set(entry("a", 10));
    const near = Buffer.from(sha256("a"));
    near.writeUInt8(near.readUInt8(31) ^ 1, 31);
    expect(table.get(near)).toBeUndefined();
    expect(table.get(sha256("a"))).toBeDefined();
  });

  it("removes an entry and not the one that took its place", () => {
    const { table, entry } = make(2);
    const first = entry("a", 10);
    const second = entry("a", 20);
    table.set(first);
    table.set(second);
    expect(table.delete(first)).toBe(false);
    expect(table.get(sha256("a"))).toBe(second);
  });
});

describe("the tables of the relay", () => {
  it("refuse codes by name when full", () => {
    const offers = new Offers({ clock: new FakeClock(), max: 1 });
    const options = { ttlMs: 1_000, notify: false, origin: "" };
    expect(offers.add("a", sha256("1"), options)).toBeUndefined();
    expect(offers.add("b", sha256("2"), options)).toBe("full");
    expect(offers.add("a", sha256("1"), options)).toBeUndefined();
  });

  it("give a code to one taker", () => {
    const offers = new Offers({ clock: new FakeClock() });
    offers.add("a", sha256("1"), { ttlMs: 1_000, notify: false, origin: "" });
    const [one, two] = [offers.find("1"), offers.find("1")];
    if (one === undefined || two === undefined) throw new Error("expected the offer");
    expect([offers.take(one), offers.take(two)]).toEqual([true, false]);
  });

  it("make no session beyond the whole or a node's number", () => {
    const clock = new FakeClock();
    const sessions = new Sessions({ clock, ttlSec: 60, ended: () => undefined, max: 3, perNode: 2 });
    expect(sessions.create("a", "", "", sha256("1"))).toBeDefined();
    expect(sessions.create("a", "", "", sha256("2"))).toBeDefined();
    expect(sessions.create("a", "", "", sha256("3"))).toBeUndefined();
    expect(sessions.create("b", "", "", sha256("4"))).toBeDefined();
    expect(sessions.create("b", "", "", sha256("5"))).toBeUndefined();
    clock.advance(60_000);
    expect(sessions.create("a", "", "", sha256("6"))).toBeDefined();
    expect(sessions.size).toBe(1);
  });
});
