import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HEARTBEAT_INTERVAL_MS } from "./limits.ts";
import type { RawSocket } from "./testing/raw-socket.ts";
import { RelayHarness } from "./testing/relay-harness.ts";

let relay: RelayHarness;

beforeEach(async () => {
  relay = await RelayHarness.start();
});
afterEach(() => relay.stop());

async function both(autoPong: boolean): Promise<RawSocket[]> {
  const node = await relay.node("pc", { autoPong });
  await node.send({ type: "pair_offer", code: "deadbeef" }).next();
  return [node, await relay.client(await relay.token("deadbeef"), { autoPong })];
}

/** A round trip on an own connection, so that everything sent before has arrived on both sides. */
async function settle(sockets: RawSocket[]): Promise<void> {
  for (const socket of sockets) {
    await new Promise((resolve) => {
      socket.ws.once("pong", resolve);
      socket.ws.ping();
    });
  }
}

describe("the heartbeat", () => {
  it("keeps sockets that answer, however long they say nothing else", async () => {
    const sockets = await both(true);
    for (let i = 1; i <= 6; i++) {
      relay.clock.advance(HEARTBEAT_INTERVAL_MS);
      for (const socket of sockets) {
        while (socket.pings.length < i) await new Promise((resolve) => socket.ws.once("ping", resolve));
      }
      await settle(sockets);
    }
    expect(await relay.health()).toMatchObject({ nodes: 1 });
  });

  it("ends sockets of both kinds after two misses", async () => {
    const sockets = await both(false);
    // The first beat finds signs of life, the next two do not.
    relay.clock.advance(2 * HEARTBEAT_INTERVAL_MS);
    expect(await relay.health()).toMatchObject({ nodes: 1 });
    relay.clock.advance(HEARTBEAT_INTERVAL_MS);
    for (const socket of sockets) expect(await socket.closed).toMatchObject({ code: 1006 });
    expect(await relay.health()).toMatchObject({ nodes: 0 });
  });
});
