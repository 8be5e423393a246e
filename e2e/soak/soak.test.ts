/** The soak program itself, for two minutes, and the parts of it that must be able to find something. */
import { describe, expect, it } from "vitest";
import { runScript } from "../support/checkout.ts";
import type { Answer, Caller } from "./callers/caller.ts";
import { describeFault, nameOfFault, planFaults } from "./fault-plan.ts";
import { download, small, upload } from "./jobs/bodies.ts";
import { eventChecker } from "./jobs/events.ts";
import { carryOut } from "./jobs/job.ts";
import { slope } from "./memory-watch.ts";
import { isClean } from "./report.ts";
import { seeded } from "./seeded.ts";
import { Tally } from "./tally.ts";

const GUARD_MS = 480_000;

it(
  "two minutes of faults lose, cut and mix up nothing that is reported as good",
  async () => {
    const program = runScript("soak", { args: ["--minutes", "2", "--seed", "7"] });
    try {
      expect(await program.exited, program.lines.join("\n")).toBe(0);
    } finally {
      await program.stop();
    }
    const text = program.lines.join("\n");
    expect(text).toMatch(/reported as good: 0\n.*nobody was told anything: 0\nclean$/);
    // It has done something, and something was done to it.
    expect(Number(/(\d+) right with/.exec(text)?.[1])).toBeGreaterThan(10);
    expect(Number(/^(\d+) faults;/m.exec(text)?.[1])).toBeGreaterThan(0);
  },
  GUARD_MS,
);

it("refuses options that there are not", async () => {
  const program = runScript("soak", { args: ["--hours", "1"] });
  expect(await program.exited).toBe(2);
  expect(program.lines.join("\n")).toContain("usage: npm run soak");
});

/** What comes of a job when this is the answer. */
function outcomeOf(job: typeof small, answer: Partial<Answer> & { body: Answer["body"] }, hasArrived = true) {
  const caller: Caller = {
    name: "fake",
    streams: true,
    talk: undefined,
    ask: async () => ({ status: 200, key: "k1", ...answer }),
  };
  const stop = new AbortController().signal;
  return carryOut(job, { caller, random: seeded(1), api: { hasArrived: () => hasArrived }, key: "k1", stop });
}

async function* body(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe("a job", () => {
  it.each([
    ["the answer to another question", small, { key: "k2", body: body("k1") }],
    ["another body", small, { body: body("k") }],
    ["no body", small, { body: body("") }],
    ["a download that ends too soon", download, { body: body("x") }],
    ["an upload that arrived as another", upload, { body: body("0000") }],
    ["a status that is nobody's", small, { status: 404, body: body("") }],
  ])("finds %s", async (_, job, answer) => {
    expect(await outcomeOf(job, answer)).toMatchObject({ kind: "wrong" });
  });

  it("takes for good what is, and a refusal for what it is", async () => {
    expect(await outcomeOf(small, { body: body("k1") })).toEqual({ kind: "right", bytes: 2 });
    const refusal = { status: 502, key: undefined, body: body("the PC is not online") };
    expect(await outcomeOf(small, refusal)).toEqual({ kind: "told", word: "status 502" });
  });

  it("that nobody answers, and nobody says so, is stuck", async () => {
    const forgotten = () => new Promise<never>(() => undefined);
    const caller: Caller = { name: "fake", streams: true, talk: undefined, ask: forgotten };
    const stop = new AbortController().signal;
    const context = { caller, random: seeded(1), api: { hasArrived: () => true }, key: "k1", stop };
    expect(await carryOut(small, context, 20)).toMatchObject({ kind: "stuck" });
  });
});

describe("events", () => {
  it.each([
    ["in any pieces", ["data: k 0\n\nda", "ta: k 1\n", "\n"], true],
    ["with one missing", ["data: k 0\n\n", "data: k 2\n\n"], false],
    ["with one doubled", ["data: k 0\n\ndata: k 0\n\n"], false],
    ["of somebody else", ["data: l 0\n\n"], false],
  ])("%s", (_, chunks, isRight) => {
    const checker = eventChecker("k");
    expect(chunks.every((chunk) => checker.isNext(Buffer.from(chunk)))).toBe(isRight);
  });
});

describe("a run", () => {
  it("is clean only if nothing was wrong, stuck or lost", () => {
    const tally = new Tally();
    for (const kind of ["right", "told"] as const) tally.ended("x", { kind, bytes: 1, word: "cut" });
    expect(isClean({ tally })).toBe(true);
    for (const kind of ["wrong", "stuck"] as const) {
      const other = new Tally();
      other.ended("x", { kind, what: "something" });
      expect(isClean({ tally: other })).toBe(false);
    }
  });

  it("has the same faults in the same order for the same seed, and others for another", () => {
    const first = (seed: number) => {
      const steps = planFaults(seed, "slow");
      return Array.from({ length: 50 }, () => steps.next().value.faults.map(describeFault).join());
    };
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
    expect(new Set(first(1).map((words) => words.split(" ")[0])).size).toBeGreaterThan(4);
  });

  it("breaks every relay of several, the bus, and each line to it", () => {
    const steps = planFaults(1, "slow", 3);
    const all = Array.from({ length: 300 }, () => steps.next().value.faults).flat();
    const programs = ["relay 1", "relay 2", "relay 3", "nats", "node", "connect"];
    const lines = ["node line", "device line", "bus line 1", "bus line 2", "bus line 3"];
    expect(new Set(all.map(({ target }) => target))).toEqual(new Set([...programs, ...lines]));
    // Counted together.
    expect(new Set(all.map(nameOfFault)).size).toBe(3 * 4 + 4 * 3);
  });

  it("tells by how much a minute memory grows", () => {
    const samples = [0, 1, 2, 3].map((minutes) => ({ minutes, bytes: 1_000 + 50 * minutes }));
    expect(slope(samples)).toBeCloseTo(50);
    expect(slope(samples.map(({ minutes }) => ({ minutes, bytes: 7 })))).toBe(0);
  });
});
