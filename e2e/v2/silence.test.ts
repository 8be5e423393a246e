/** An API that takes its time: nobody is cut off for the patience that the old protocol has. */
import { expect, it } from "vitest";
import { startCoreNode } from "../support/core-node.ts";
import { pairDevice } from "../support/device.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { startTestRelay } from "../support/relay.ts";
import { startRoutes } from "../support/routes.ts";

const atTheEnd = endingsOfEachTest();

/** Longer than the second for which somebody is patient below. */
const SILENCE_MS = 2_500;
const silence = () => new Promise((resolve) => setTimeout(resolve, SILENCE_MS));

/** A session with a PC whose API is silent for a while, before or after the head of its answer. */
async function start(env: Record<string, string>) {
  const api = await startRoutes(atTheEnd);
  api.on("/late", async (_, response) => {
    await silence();
    response.end("late");
  });
  api.on("/quiet", async (_, response) => {
    response.write("one ");
    await silence();
    response.end("two");
  });
  const relay = await startTestRelay();
  atTheEnd(() => relay.close());
  const node = await startCoreNode({ relay: relay.origin, api: api.origin, env });
  atTheEnd(() => node.node.stop());
  const device = await pairDevice({ text: await node.link(), relay: relay.origin });
  const session = device.connect();
  atTheEnd(() => session.close());
  const ask = async (path: string, init: RequestInit = {}) => (await session.fetch(path, init)).text();
  return { ask };
}

it("is waited for by a device longer than by a plaintext client", async () => {
  const { ask } = await start({ ORA_RELAY_CLIENT_TIMEOUT_SEC: "1" });
  const stream = () => new Blob(["x"]).stream();
  const uploading = { method: "POST", body: stream(), duplex: "half" } as const;
  expect(await Promise.all([ask("/late"), ask("/quiet"), ask("/late", uploading)])).toEqual([
    "late",
    "one two",
    "late",
  ]);
});

it("is given up by name when it is silent for longer than its owner allows", async () => {
  const { ask } = await start({ ORA_NODE_API_IDLE_SEC: "1" });
  for (const path of ["/late", "/quiet"]) {
    await expect(ask(path)).rejects.toMatchObject({ problem: { code: "timeout" } });
  }
});
