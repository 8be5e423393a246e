import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CONGESTED_BYTES, MAX_QUEUED_BYTES } from "../limits.ts";
import type { RawSocket } from "../testing/raw-socket.ts";
import { RelayHarness } from "../testing/relay-harness.ts";

const BODY_BYTES = 256 * 1024;
const body_b64 = Buffer.alloc(BODY_BYTES, 7).toString("base64");
const MESSAGE_BYTES = body_b64.length + 200;

let relay: RelayHarness;
let node: RawSocket;
let client: RawSocket;

beforeEach(async () => {
  relay = await RelayHarness.start({ ORA_RELAY_MAX_PENDING: "1000" });
  node = await relay.offering("pc", "deadbeef");
  client = await relay.client(await relay.token("deadbeef"));
});
afterEach(() => relay.stop());

/** The most that waited in the relay while `condition` was not yet true. */
async function highWater(condition: () => boolean): Promise<number> {
  let most = 0;
  while (!condition()) {
    most = Math.max(most, relay.relay.queuedBytes());
    await new Promise((resolve) => setImmediate(resolve));
  }
  return most;
}

async function neighbourWorks(): Promise<void> {
  const neighbour = await relay.offering("neighbour", "neighbour");
  const other = await relay.client(await relay.token("neighbour"));
  other.send({ type: "http_proxy", id: "1" });
  expect(await neighbour.next()).toMatchObject({ id: "1" });
}

describe("a client that does not read", () => {
  it("is closed when its queue is full, and never costs more than that", async () => {
    const count = Math.ceil((3 * MAX_QUEUED_BYTES) / MESSAGE_BYTES);
    for (let id = 0; id < count; id++) client.send({ type: "http_proxy", id });
    for (let id = 0; id < count; id++) await node.next();
    client.ws.pause();
    const answer = (id: number) => ({ type: "http_response", id, status: 200, headers: {}, body_b64 });
    for (let id = 0; id < count; id++) node.send(answer(id));
    let flushed = false;
    node.ws.once("pong", () => {
      flushed = true;
    });
    node.ws.ping();
    expect(await highWater(() => flushed)).toBeLessThanOrEqual(MAX_QUEUED_BYTES + MESSAGE_BYTES);
    await neighbourWorks();
    client.ws.resume();
    // It may read what was queued, and then learns why; or it was too slow for that as well.
    expect([1006, 4413]).toContain((await client.closed).code);
    expect(relay.relay.queuedBytes()).toBe(0);
  });
});

describe("a node that does not read", () => {
  it("makes the relay stop reading its clients, who go on when it does", async () => {
    const count = 40;
    const second = await relay.client(await secondToken());
    node.ws.pause();
    for (let id = 0; id < count; id++) {
      for (const socket of [client, second]) socket.send({ type: "http_proxy", id, body_b64 });
    }
    // Both clients are stuck when nothing more leaves them; the neighbour's answer shows that the relay is not.
    let stuckAt = -1;
    while (client.ws.bufferedAmount + second.ws.bufferedAmount !== stuckAt) {
      stuckAt = client.ws.bufferedAmount + second.ws.bufferedAmount;
      for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    }
    await neighbourWorks();
    expect(stuckAt).toBeGreaterThan(0);
    // One message more than the mark, and for either client what it was just reading.
    expect(relay.relay.queuedBytes()).toBeLessThan(CONGESTED_BYTES + 4 * MESSAGE_BYTES);
    node.ws.resume();
    for (let i = 0; i < 2 * count; i++) expect(await node.next()).toMatchObject({ body_b64 });
  });
});

async function secondToken(): Promise<string> {
  await node.send({ type: "pair_offer", code: "second" }).next();
  return relay.token("second");
}
