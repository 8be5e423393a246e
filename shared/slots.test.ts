import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Slots } from "./slots.ts";

describe("places that are taken and left", () => {
  it("a member is found at its place until it is deleted, once", () => {
    const slots = new Slots<string>();
    const place = slots.add("a");
    expect(slots.at(place)).toBe("a");
    expect(slots.delete(place)).toBe(true);
    expect(slots.at(place)).toBeUndefined();
    expect(slots.delete(place)).toBe(false);
    expect(slots.size).toBe(0);
  });

  it("a place that nobody has had is empty", () => {
    const slots = new Slots<string>();
    expect(slots.at(3)).toBeUndefined();
    expect(slots.delete(3)).toBe(false);
    expect(slots.size).toBe(0);
  });

  it("places are used again, so it grows no larger than its most members", () => {
    const slots = new Slots<number>();
    const places = new Set<number>();
    for (let i = 0; i < 1_000; i += 1) {
      const place = slots.add(i);
      places.add(place);
      if (i >= 3) slots.delete([...places][i % places.size] ?? -1);
    }
    expect(places.size).toBeLessThan(10);
  });

  it("members may be deleted and added while somebody walks through them", () => {
    const slots = new Slots<string>();
    const places = ["a", "b", "c"].map((name) => slots.add(name));
    const seen: string[] = [];
    for (const member of slots.all()) {
      seen.push(member);
      for (const place of places) slots.delete(place);
      slots.add("d");
    }
    expect(seen).toEqual(["a", "b", "c"]);
  });

  it("holds what a Set holds, whatever comes and goes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), (turns) => {
        const slots = new Slots<{ readonly turn: number }>();
        const model = new Map<{ readonly turn: number }, number>();
        for (const turn of turns) {
          const leaving = [...model][turn];
          if (leaving === undefined) {
            const member = { turn };
            const place = slots.add(member);
            expect([...model.values()]).not.toContain(place);
            model.set(member, place);
          } else {
            expect(slots.delete(leaving[1])).toBe(true);
            model.delete(leaving[0]);
          }
          expect(slots.size).toBe(model.size);
          expect(new Set(slots.all())).toEqual(new Set(model.keys()));
          for (const [member, place] of model) expect(slots.at(place)).toBe(member);
        }
      }),
    );
  });
});
