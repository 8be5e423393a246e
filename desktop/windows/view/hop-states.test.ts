import { describe, expect, it } from "vitest";
import { hopStates } from "./hop-states.ts";
import { failedHop, testedHops } from "./relay-test-links.ts";

const states = (status: Parameters<typeof hopStates>[0]) => hopStates(status).map(([, state]) => state);

describe("the chain", () => {
  it("is good up to the broken hop and grey behind it", () => {
    expect(states({ ring: "attention", brokenHop: "relay" })).toEqual(["good", "broken", "behind", "behind"]);
    expect(states({ ring: "attention", brokenHop: "app" })).toEqual(["good", "good", "good", "broken"]);
  });

  it("rests where the owner paused it, and waits where it is being connected", () => {
    expect(states({ ring: "paused", brokenHop: "pc" })).toEqual(["good", "good", "resting", "behind"]);
    expect(states({ ring: "connecting", brokenHop: "relay" })).toEqual([
      "good",
      "waiting",
      "behind",
      "behind",
    ]);
    expect(states({ ring: "connecting" })).toEqual(["waiting", "waiting", "waiting", "waiting"]);
  });

  it("is good throughout when nothing is broken", () => {
    expect(states({ ring: "connected" })).toEqual(["good", "good", "good", "good"]);
  });
});

describe("a test of the relay", () => {
  const test = {
    hops: [
      { hop: "name", state: "ok" },
      { hop: "tcp", state: "ok" },
      { hop: "tls", state: "skipped" },
      { hop: "relay", state: "failed" },
      { hop: "node", state: "skipped" },
    ],
  } as const;

  it("leaves out what does not apply, and greys what was not reached", () => {
    expect(testedHops(test)).toEqual([
      { hop: "name", state: "good" },
      { hop: "tcp", state: "good" },
      { hop: "relay", state: "broken" },
      { hop: "node", state: "behind" },
    ]);
    expect(failedHop(test)).toBe("relay");
  });
});
