import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_SOCKETS_PER_SESSION, MAX_V1_CLIENTS_PER_NODE } from "./limits.ts";
import { RelayHarness } from "./testing/relay-harness.ts";

let relay: RelayHarness;

beforeEach(async () => {
  relay = await RelayHarness.start();
});
afterEach(() => relay.stop());

describe("HTTP", () => {
  it("answers JSON to everything but what it knows", async () => {
    expect(await relay.health()).toEqual({ ok: true, nodes: 0, pairs: 0, sessions: 0 });
    for (const [path, method, status] of [
      ["/nowhere", "GET", 404],
      ["/api/pair/x", "POST", 404],
      ["/api/pair", "GET", 405],
      ["/health", "POST", 405],
      ["/ws/node", "GET", 404],
      ["/ws/client", "GET", 404],
    ] as const) {
      const response = await fetch(`${relay.http}${path}`, { method });
      expect(response.status, path).toBe(status);
      expect(await response.json()).toEqual({ detail: expect.any(String) });
    }
  });

  it("refuses headers beyond 16 KiB", async () => {
    const of = async (length: number) =>
      (await fetch(`${relay.http}/health`, { headers: { a: "x".repeat(length) } })).status;
    expect(await of(15_000)).toBe(200);
    expect(await of(17_000)).toBe(431);
  });
});

describe("an upgrade", () => {
  it.each(["/", "/ws", "/ws/", "/ws/nodes", "/ws/node/", "/health", "/api/pair", "/%77s/node"])(
    "of %s is answered 404",
    async (path) => {
      await expect(relay.socket(path).opened()).rejects.toThrow("404");
    },
  );

  it("of a client needs an https origin where the owner says so; a node does not", async () => {
    await relay.stop();
    relay = await RelayHarness.start({ ORA_RELAY_ENFORCE_ORIGIN: "1" });
    const client = (origin?: string) =>
      relay.socket("/ws/client", [], origin === undefined ? {} : { headers: { origin } });
    for (const origin of [undefined, "http://a.example", "null", "ahttps://x"]) {
      await expect(client(origin).opened()).rejects.toThrow("403");
    }
    expect(await client("https://a.example").closed).toMatchObject({ code: 4403 });
    await relay.node("pc");
  });

  it("of a client asks for no origin otherwise", async () => {
    expect(await relay.socket("/ws/client").closed).toMatchObject({ code: 4403 });
  });

  it("gives the tokens of one node so many sockets and no more", async () => {
    const node = await relay.node("pc");
    const sockets = [];
    for (let session = 0; session < MAX_V1_CLIENTS_PER_NODE / MAX_SOCKETS_PER_SESSION; session++) {
      await node.send({ type: "pair_offer", code: "deadbeef" }).next();
      const token = await relay.token("deadbeef");
      for (let i = 0; i < MAX_SOCKETS_PER_SESSION; i++) sockets.push(await relay.client(token));
    }
    await node.send({ type: "pair_offer", code: "deadbeef" }).next();
    const token = await relay.token("deadbeef");
    const extra = await relay.client(token);
    expect(await extra.closed).toEqual({ code: 4429, reason: "too_many_clients" });
    // Another node's clients have room of their own.
    await relay.offering("other", "cafe");
    const other = await relay.client(await relay.token("cafe"));
    expect(await other.send({ type: "ping" }).next()).toMatchObject({ type: "pong" });
    await sockets[0]?.end();
    const again = await relay.client(token);
    expect(await again.send({ type: "ping" }).next()).toMatchObject({ type: "pong" });
  });

  it("gives one token so many sockets and no more", async () => {
    await relay.offering("pc", "deadbeef");
    const token = await relay.token("deadbeef");
    const sockets = [];
    for (let i = 0; i < MAX_SOCKETS_PER_SESSION; i++) sockets.push(await relay.client(token));
    const extra = await relay.client(token);
    expect(await extra.closed).toEqual({ code: 4429, reason: "too_many_sockets" });
    await sockets[0]?.end();
    const again = await relay.client(token);
    expect(await again.send({ type: "ping" }).next()).toMatchObject({ type: "pong" });
  });
});
