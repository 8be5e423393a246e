import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { STREAM_WINDOW_BYTES } from "#shared/mux/mux-limits.ts";
import type { RelaySession } from "./relay-client.ts";
import { settle } from "./testing/step-clock.ts";
import { patterned } from "./testing/test-api.ts";
import { TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let session: RelaySession;
beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
  session = await world.session();
});
afterEach(() => world.stop());

describe("an answer that nobody reads", () => {
  it("holds no more than its window, however much there is", async () => {
    const fetched = Array.from({ length: 8 }, () => session.fetch("/endless"));
    const served = await Promise.all(fetched.map(() => world.api.next("/endless")));
    const written = served.map(() => 0);
    const chunk = patterned(0, 16_384);
    for (const [at, { stream }] of served.entries()) {
      stream.respond({ status: 200, headers: [] });
      while (stream.write(chunk)) written[at] = (written[at] ?? 0) + chunk.length;
      written[at] = (written[at] ?? 0) + chunk.length;
    }
    await Promise.all(fetched);
    const sent = () => served.map(({ stream }, at) => (written[at] ?? 0) - stream.bufferedBytes);
    // The writers go on whenever there is room, and what is sent stands still at last.
    let last = -1;
    for (let still = 0; still < 100; ) {
      for (const [at, { stream }] of served.entries()) {
        while (stream.bufferedBytes < 128 * 1024) {
          stream.write(chunk);
          written[at] = (written[at] ?? 0) + chunk.length;
        }
      }
      const total = sent().reduce((sum, bytes) => sum + bytes, 0);
      still = total === last ? still + 1 : 0;
      last = total;
      await settle(1);
    }
    expect(sent()).toEqual(sent().map(() => STREAM_WINDOW_BYTES));
    for (const { stream } of served) stream.reset("cancelled");
  });

  it.each(["no signal", "a signal that lives on"])(
    "is kept by nobody but who asked for it (%s)",
    async (kind) => {
      const abort = new AbortController();
      const ask = async () => {
        const response = await session.fetch(
          "/bytes?n=200000",
          kind === "no signal" ? {} : { signal: abort.signal },
        );
        expect(response.status).toBe(200);
      };
      const before = await arrayBufferBytes();
      // Forty megabytes, were they kept.
      for (let round = 0; round < 200; round += 1) await ask();
      await session.fetch("/hello");
      while ((await arrayBufferBytes()) - before > 10_000_000) await settle(1);
      expect(abort.signal.aborted).toBe(false);
    },
  );
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** What is alive of them. */
async function arrayBufferBytes(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return process.memoryUsage().arrayBuffers;
}
