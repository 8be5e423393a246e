import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DOUBT_MS } from "../limits.ts";
import { RelayHarness } from "../testing/relay-harness.ts";
import { device, NodeKey, online, opened } from "../testing/v2-endpoints.ts";

let relay: RelayHarness;

beforeEach(async () => {
  relay = await RelayHarness.start();
});
afterEach(() => relay.stop());

describe("a node that is told of a client", () => {
  it("and is silent altogether is given up soon, so that the client need not wait for the heartbeat", async () => {
    const [key, phone] = [new NodeKey(), device("phone")];
    const node = await online(relay, key, { sessions: [phone.entry] });
    node.ws.pause();
    const client = await opened(relay, { node_id: key.id, token: phone.token });
    relay.clock.advance(DOUBT_MS - 1);
    expect(await relay.health()).toMatchObject({ nodes: 1 });
    relay.clock.advance(1);
    expect(await client.next()).toEqual({ type: "error", code: "node_offline" });
    expect(await client.closed).toMatchObject({ code: 4503 });
    expect(await relay.health()).toMatchObject({ nodes: 0 });
  });

  it("stays when it gives any sign of life", async () => {
    const [key, phone] = [new NodeKey(), device("phone")];
    const node = await online(relay, key, { sessions: [phone.entry] });
    await opened(relay, { node_id: key.id, token: phone.token });
    // Its pong was sent before this is answered.
    await node.next();
    await node.send({ type: "nonsense" }).next();
    relay.clock.advance(DOUBT_MS);
    expect(await relay.health()).toMatchObject({ nodes: 1 });
  });
});
