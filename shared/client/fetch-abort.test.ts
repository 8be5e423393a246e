import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RelaySession } from "./relay-client.ts";
import { bodyOf, chunksOf } from "./testing/bodies.ts";
import { settle } from "./testing/step-clock.ts";
import { TestWorld } from "./testing/test-world.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

let world: TestWorld;
let session: RelaySession;
beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
  session = await world.session();
});
afterEach(() => world.stop());

describe("aborting", () => {
  const reason = new Error("enough");

  it("before the answer rejects, and tells the API", async () => {
    const abort = new AbortController();
    const fetched = session.fetch("/wait", { signal: abort.signal });
    const served = await world.api.next("/wait");
    abort.abort(reason);
    await expect(fetched).rejects.toBe(reason);
    await served.until(() => served.resetWith !== undefined);
    expect(served.resetWith?.code).toBe("cancelled");
  });

  it("before anything rejects, and nothing is sent", async () => {
    const abort = new AbortController();
    abort.abort(reason);
    await expect(session.fetch("/never", { signal: abort.signal })).rejects.toBe(reason);
    await session.fetch("/hello");
    expect(world.api.requests).toEqual([]);
  });

  it("during the answer fails its body, also when all of it has arrived", async () => {
    for (const isWhole of [false, true]) {
      const abort = new AbortController();
      const fetched = session.fetch("/body", { signal: abort.signal });
      const served = await world.api.next("/body");
      served.stream.respond({ status: 200, headers: [] });
      served.stream.write(new Uint8Array(1_000));
      if (isWhole) served.stream.end();
      const response = await fetched;
      await session.fetch("/hello");
      abort.abort(reason);
      await expect(response.text()).rejects.toBe(reason);
      if (isWhole) continue;
      await served.until(() => served.resetWith !== undefined);
      expect(served.resetWith?.code).toBe("cancelled");
    }
  });

  it("is heard however long the answer has been read, and whatever was collected meanwhile", async () => {
    for (const given of ["beside the path", "in a Request"]) {
      const abort = new AbortController();
      const { signal } = abort;
      const fetched =
        given === "in a Request"
          ? session.fetch(new Request("http://x.invalid/events", { signal }))
          : session.fetch("/events", { signal });
      const served = await world.api.next("/events");
      served.stream.respond({ status: 200, headers: [] });
      const response = await fetched;
      for (let round = 0; round < 5; round += 1) {
        collectGarbage();
        await settle();
      }
      abort.abort(reason);
      await expect(response.text(), given).rejects.toBe(reason);
    }
  });

  it("during the upload stops reading the body", async () => {
    const abort = new AbortController();
    const { stream, log } = bodyOf(chunksOf(50_000_000, 50_000));
    const fetched = session.fetch("/up", { method: "POST", body: stream, signal: abort.signal });
    const served = await world.api.next("/up");
    served.isReading = false;
    abort.abort(reason);
    await expect(fetched).rejects.toBe(reason);
    expect(log.taken).toBeLessThan(1_500_000);
  });

  it("by cancelling the body tells the API", async () => {
    const fetched = session.fetch("/events");
    const served = await world.api.next("/events");
    served.stream.respond({ status: 200, headers: [] });
    await (await fetched).body?.cancel();
    await served.until(() => served.resetWith !== undefined);
    expect(served.resetWith?.code).toBe("cancelled");
  });

  it("a thousand times leaves nothing behind", async () => {
    for (let round = 0; round < 1_000; round += 1) {
      const abort = new AbortController();
      const fetched = session.fetch("/bytes?n=20000", { signal: abort.signal });
      abort.abort(reason);
      await expect(fetched).rejects.toBe(reason);
    }
    const response = await session.fetch("/bytes?n=2000000");
    expect((await response.arrayBuffer()).byteLength).toBe(2_000_000);
    while (world.node.muxer.openStreams > 0) await settle(1);
  });
});
