import { describe, expect, it } from "vitest";
import type { StreamDoor } from "#shared/client/stream-door.ts";
import type { MuxStream, StreamListener } from "#shared/mux/stream.ts";
import { fakeClock } from "../core/testing/fake-clock.ts";
import { patientDoor, SHORT_WAIT_MS } from "./patience.ts";

const HEAD = { method: "GET", path: "/", headers: [], end: true } as const;
const NOBODY = {} as StreamListener;
const STREAM = {} as MuxStream;

function setUp() {
  const clock = fakeClock();
  let pausing = true;
  let letIn: () => void = () => undefined;
  const door: StreamDoor = {
    tryOpen: () => undefined,
    open: (_head, _listener, { signal } = {}) =>
      new Promise((resolve, reject) => {
        letIn = () => resolve(STREAM);
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
    released: () => undefined,
    problem: { code: "relay_unreachable" },
  };
  const patient = patientDoor({ door, clock, isPausing: () => pausing });
  const outcomes: unknown[] = [];
  const open = (signal?: AbortSignal) =>
    patient.open(HEAD, NOBODY, { signal }).then(
      (stream) => outcomes.push(stream),
      (error: unknown) => outcomes.push(error),
    );
  const elapsed = async (ms: number) => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
    return outcomes;
  };
  return { clock, open, elapsed, letIn: () => letIn(), tries: (value: boolean) => (pausing = !value) };
}

describe("a request that finds no connection", () => {
  it("is answered with what is in the way while nobody tries, and not a moment before", async () => {
    const { open, elapsed } = setUp();
    void open();
    expect(await elapsed(SHORT_WAIT_MS - 1)).toEqual([]);
    expect(await elapsed(1)).toMatchObject([{ problem: { code: "relay_unreachable" } }]);
  });

  it("waits on while a connection is tried, and no longer once that has failed", async () => {
    const { open, elapsed, tries } = setUp();
    tries(true);
    void open();
    expect(await elapsed(SHORT_WAIT_MS * 3)).toEqual([]);
    tries(false);
    expect(await elapsed(SHORT_WAIT_MS)).toHaveLength(1);
  });

  it("gets its stream when there is one, and its client may leave", async () => {
    const { open, elapsed, letIn } = setUp();
    void open();
    letIn();
    expect(await elapsed(SHORT_WAIT_MS)).toEqual([STREAM]);
    const client = new AbortController();
    void open(client.signal);
    client.abort("gone");
    expect((await elapsed(0))[1]).toBe("gone");
  });
});
