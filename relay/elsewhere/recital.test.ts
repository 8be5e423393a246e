import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Recital } from "./recital.ts";

function setUp(pieces: readonly string[]) {
  const said: string[] = [];
  const recital = new Recital({
    *pieces() {
      for (const piece of pieces) yield { piece };
    },
    say: (piece) => void said.push(JSON.stringify(piece)),
    done: (asker) => void said.push(`done ${asker}`),
  });
  const take = () => said.splice(0);
  const turns = async (count: number) => {
    for (let each = 0; each < count; each += 1) await turn();
  };
  return { recital, take, turns };
}

const [ONE, TWO] = ["one", "two"].map((piece) => JSON.stringify({ piece }));

describe("what is much and said to others", () => {
  it("is said a piece in each turn, and who asked hears when that was all", async () => {
    const { recital, take, turns } = setUp(["one", "two"]);
    recital.to("a");
    expect(take()).toEqual([ONE]);
    await turns(1);
    expect(take()).toEqual([TWO]);
    await turns(1);
    expect(take()).toEqual(["done a"]);
    await turns(2);
    expect(take()).toEqual([]);
  });

  it("is over at once when there is nothing to be said", () => {
    const { recital, take } = setUp([]);
    recital.to("a");
    recital.toAll();
    recital.to("b");
    expect(take()).toEqual(["done a", "done b"]);
  });

  it("is said from the beginning, and once, for all who asked while it was said to others", async () => {
    const { recital, take, turns } = setUp(["one", "two"]);
    recital.to("a");
    for (const asker of ["b", "c", "b"]) recital.to(asker);
    await turns(6);
    expect(take()).toEqual([ONE, TWO, "done a", ONE, TWO, "done b", "done c"]);
  });

  it("is not said further when all who asked are gone, and next to those who wait", async () => {
    const { recital, take, turns } = setUp(["one", "two", "three"]);
    for (const asker of ["a", "b", "c"]) recital.to(asker);
    recital.keepFor((asker) => asker === "c");
    expect(take()).toEqual([ONE, ONE]);
    recital.keepFor(() => false);
    await turns(5);
    expect(take()).toEqual([]);
  });

  it("goes on when some are gone, and when nobody had asked for it", async () => {
    const { recital, take, turns } = setUp(["one", "two"]);
    recital.toAll();
    for (const asker of ["a", "b"]) recital.to(asker);
    recital.keepFor((asker) => asker === "b");
    await turns(6);
    expect(take()).toEqual([ONE, TWO, ONE, TWO, "done b"]);
  });

  it("begins anew for everybody, and stops", async () => {
    const { recital, take, turns } = setUp(["one", "two", "three"]);
    recital.to("a");
    recital.to("b");
    await turns(1);
    recital.toAll();
    expect(take()).toEqual([ONE, TWO, ONE]);
    await turns(1);
    recital.stop();
    await turns(4);
    expect(take()).toEqual([TWO]);
  });
});
