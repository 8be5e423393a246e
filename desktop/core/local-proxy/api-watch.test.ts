import { describe, expect, it } from "vitest";
import { type FakeApi, nobody, rawApi } from "../testing/fake-api.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { type ApiState, watchApi } from "./api-watch.ts";
import type { FailureName } from "./failure-name.ts";
import { probeLocalApi } from "./probe.ts";

function setUp(first: FailureName | undefined) {
  const clock = fakeClock();
  const states: ApiState[] = [];
  const world = { reachable: first, probes: 0 };
  const watch = watchApi({
    clock,
    probe: async () => {
      world.probes += 1;
      return world.reachable;
    },
    changed: (state) => states.push(state),
  });
  /** Lets a probe's answer arrive. */
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { clock, states, world, watch, settle };
}

describe("watching the local API", () => {
  it("notices by itself that it is down, and that it is up again", async () => {
    const { clock, states, world, settle } = setUp("ConnectError");
    const start = clock.now();
    await settle();
    world.reachable = undefined;
    clock.advance(5_000);
    await settle();
    expect(states).toEqual([
      { kind: "down", since: start, because: "ConnectError" },
      { kind: "up", since: start + 5_000 },
    ]);
  });

  it("learns from calls, and tells a change once", async () => {
    const { states, watch, settle } = setUp(undefined);
    await settle();
    watch.outcome("ConnectTimeout");
    watch.outcome("ConnectError");
    watch.outcome(undefined);
    watch.outcome(undefined);
    expect(states.map(({ kind }) => kind)).toEqual(["up", "down", "up"]);
  });

  it("does not call an API down that is only slow or wrong", async () => {
    const { states, watch, settle } = setUp(undefined);
    await settle();
    watch.outcome("ReadTimeout");
    watch.outcome("RemoteProtocolError");
    expect(states.map(({ kind }) => kind)).toEqual(["up"]);
  });

  it("leaves an API alone that answers calls anyway", async () => {
    const { clock, world, watch, settle } = setUp(undefined);
    await settle();
    for (let i = 0; i < 5; i += 1) {
      watch.outcome(undefined);
      clock.advance(30_000);
      await settle();
    }
    expect(world.probes).toBe(1);
    clock.advance(30_000);
    expect(world.probes).toBe(2);
  });

  it("is silent after it was stopped", async () => {
    const { clock, states, watch, settle } = setUp("ConnectError");
    watch.stop();
    await settle();
    watch.outcome(undefined);
    expect(states).toEqual([]);
    expect(clock.waiting()).toEqual([]);
  });
});

describe("the probe", () => {
  it("finds who listens, and sends nothing", async () => {
    const received: string[] = [];
    const fake: FakeApi = await rawApi((_, text) => received.push(text));
    expect(await probeLocalApi(fake.target)).toBeUndefined();
    await fake.close();
    expect(received).toEqual([]);
    expect(await probeLocalApi(await nobody())).toBe("ConnectError");
  });
});
