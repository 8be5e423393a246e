import { describe, expect, it } from "vitest";
import { FAREWELL_AT_ONCE, SHUTDOWN_MS } from "./limits.ts";
import type { PeerSocket } from "./peer-socket.ts";
import { sayFarewell } from "./shutdown.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { RelayHarness } from "./testing/relay-harness.ts";
import { device, NodeKey, online, opened } from "./testing/v2-endpoints.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a relay that shuts down", () => {
  it("lets a request under way finish, takes no new connection, and tells everybody 1012", async () => {
    const relay = await RelayHarness.start();
    const node = await relay.offering("pc", "deadbeef");
    const client = await relay.client(await relay.token("deadbeef"));
    client.send({ type: "http_proxy", id: "1" });
    await node.next();
    const closing = relay.relay.close();
    await expect(relay.node("other")).rejects.toThrow("ECONNREFUSED");
    await expect(relay.health()).rejects.toThrow();
    relay.clock.advance(1_000);
    node.send({ type: "http_response", id: "1", status: 204, headers: {}, body_b64: "" });
    expect(await client.next()).toMatchObject({ status: 204 });
    relay.clock.advance(50);
    for (const socket of [node, client]) {
      const closed = socket.closed;
      await turn();
      expect(await closed).toEqual({ code: 1012, reason: "relay_restarting" });
    }
    await relay.stop();
    await closing;
  });

  it("tells a client that the relay restarts, whichever of it and its node is told first", async () => {
    const relay = await RelayHarness.start();
    const key = new NodeKey();
    const { token, entry } = device("phone");
    const node = await online(relay, key, { sessions: [entry] });
    const clients = [
      await opened(relay, { node_id: key.id, token }),
      await opened(relay, { node_id: key.id, token }),
    ];
    const closing = relay.relay.close();
    for (const socket of [node, ...clients]) {
      expect(await socket.closed).toEqual({ code: 1012, reason: "relay_restarting" });
    }
    await relay.stop();
    await closing;
  });

  it("waits for a request no longer than it may", async () => {
    const relay = await RelayHarness.start();
    const node = await relay.offering("pc", "deadbeef");
    const client = await relay.client(await relay.token("deadbeef"));
    client.send({ type: "http_proxy", id: "1" });
    await node.next();
    const stopping = relay.stop();
    expect(await client.closed).toMatchObject({ code: expect.any(Number) });
    await stopping;
  });

  it("spreads many farewells, and cuts off whoever does not leave by the deadline", async () => {
    const clock = new FakeClock();
    const count = FAREWELL_AT_ONCE + 1;
    const closedAt: number[] = [];
    const terminatedAt: number[] = [];
    const stubborn = {
      close: () => closedAt.push(clock.now()),
      terminate: () => terminatedAt.push(clock.now()),
    };
    const peers = new Set(Array.from({ length: count }, () => ({ ...stubborn }) as unknown as PeerSocket));
    const done = sayFarewell({ clock, peers, pending: () => 0 });
    for (let i = 0; i < 200; i++) {
      clock.advance(50);
      await turn();
    }
    await done;
    expect(closedAt).toHaveLength(count);
    expect(new Set(closedAt).size).toBeGreaterThan(10);
    expect(Math.max(...closedAt)).toBeLessThanOrEqual(2_000);
    expect(terminatedAt).toEqual(Array.from({ length: count }, () => SHUTDOWN_MS));
  });
});
