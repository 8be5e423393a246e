import { describe, expect, it } from "vitest";
import { nextState, type RelayEvent, type RelayState } from "./relay-state.ts";

const run = (...events: RelayEvent[]) => events.reduce(nextState, { kind: "stopped" } as RelayState);

describe("the state of the connection", () => {
  const refused = { code: "relay_unreachable", detail: "ECONNREFUSED" } as const;

  it("goes from connecting to connected", () => {
    expect(run({ kind: "dialling" })).toEqual({ kind: "connecting" });
    expect(run({ kind: "dialling" }, { kind: "online", now: 5 })).toEqual({ kind: "connected", since: 5 });
  });

  it("keeps the beginning of an outage over all tries, with its latest reason", () => {
    const state = run(
      { kind: "dialling" },
      { kind: "online", now: 1 },
      { kind: "lost", now: 10, until: 11, outage: { code: "relay_restarting" } },
      { kind: "dialling" },
      { kind: "lost", now: 12, until: 20, outage: refused },
    );
    expect(state).toEqual({ kind: "waiting", until: 20, outage: { ...refused, since: 10 } });
    expect(nextState(state, { kind: "dialling" })).toEqual({
      kind: "connecting",
      outage: { ...refused, since: 10 },
    });
  });

  it("forgets an outage that is over", () => {
    const state = run(
      { kind: "lost", now: 1, until: 2, outage: refused },
      { kind: "dialling" },
      { kind: "online", now: 3 },
      { kind: "lost", now: 9, until: 10, outage: refused },
    );
    expect(state).toMatchObject({ outage: { since: 9 } });
  });
});
