import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RawSocket } from "../testing/raw-socket.ts";
import { RelayHarness } from "../testing/relay-harness.ts";

let relay: RelayHarness;

beforeEach(async () => {
  relay = await RelayHarness.start();
});
afterEach(() => relay.stop());

async function paired(): Promise<{ node: RawSocket; client: RawSocket; token: string }> {
  const node = await relay.offering("pc", "deadbeef");
  const token = await relay.token("deadbeef");
  return { node, client: await relay.client(token), token };
}

describe("a node", () => {
  it.each(["/ws/node", "/ws/node?node_id=", "/ws/node?node_id=%20"])(
    "without an id is told 4400: %s",
    async (path) => {
      expect(await relay.socket(path).closed).toMatchObject({ code: 4400 });
    },
  );

  it("is refused an id with control characters, one too long, or one that a v2 key may have", async () => {
    const of = (id: string) => relay.socket(`/ws/node?node_id=${encodeURIComponent(id)}`).closed;
    expect(await of("a\u0000b")).toEqual({ code: 4400, reason: "bad_node_id" });
    expect(await of("x".repeat(129))).toEqual({ code: 4400, reason: "bad_node_id" });
    expect(await of(`${"b".repeat(51)}a`)).toEqual({ code: 4400, reason: "node_id_reserved" });
    await relay.node("x".repeat(128));
    await relay.node(`${"b".repeat(51)}c`);
    expect(await relay.health()).toMatchObject({ nodes: 2 });
  });

  it("is refused where nodes must know an enrolment key, because protocol 1 cannot prove it", async () => {
    await relay.stop();
    relay = await RelayHarness.start({ ORA_RELAY_ENROLL_KEY: "0123456789abcdef" });
    const socket = relay.socket("/ws/node?node_id=pc");
    expect(await socket.closed).toEqual({ code: 4426, reason: "enrollment_required" });
    expect(await relay.health()).toMatchObject({ nodes: 0 });
  });

  it("that offers a code is told how long it lives", async () => {
    const node = await relay.node("pc");
    expect(await node.send({ type: "pair_offer", code: "deadbeef" }).next()).toEqual({
      type: "pair_offer_ack",
      ok: true,
      expires_at: relay.clock.unixSeconds() + 120,
    });
    expect(await relay.health()).toEqual({ ok: true, nodes: 1, pairs: 1, sessions: 0 });
  });

  it.each([{}, { code: "" }, { code: "  " }, { code: 7 }, { code: null }])(
    "that offers no code is told so: %j",
    async (fields) => {
      const node = await relay.node("pc");
      expect(await node.send({ type: "pair_offer", ...fields }).next()).toEqual({
        type: "pair_offer_ack",
        ok: false,
        error: "code_required",
      });
    },
  );

  it("may send pong unanswered, and anything else is an unknown type", async () => {
    const node = await relay.node("pc");
    node.send({ type: "pong" }).send({ type: "hello" });
    expect(await node.next()).toEqual({ type: "error", error: "unknown_message_type" });
  });

  it("that asked for it hears when its code was used", async () => {
    const node = await relay.node("pc");
    await node.send({ type: "pair_offer", code: "deadbeef", notify: true }).next();
    await relay.token("deadbeef");
    expect(await node.next()).toEqual({ type: "pair_redeemed" });
  });

  it("that did not ask hears nothing about its code", async () => {
    const { node, client } = await paired();
    client.send({ type: "http_proxy", id: "1" });
    expect(await node.next()).toMatchObject({ type: "http_proxy" });
  });

  it("cannot offer a code that another node has live, and may renew its own", async () => {
    await relay.offering("pc", "deadbeef");
    const other = await relay.offering("other", "its-own");
    const offer = async () => other.send({ type: "pair_offer", code: "deadbeef" }).next();
    expect(await offer()).toMatchObject({ ok: false, error: "code_in_use" });
    relay.clock.jump(119_000);
    expect(await offer()).toMatchObject({ ok: false, error: "code_in_use" });
    relay.clock.jump(1_000);
    expect(await offer()).toMatchObject({ ok: true });
    relay.clock.jump(119_000);
    expect(await offer()).toMatchObject({ ok: true });
    relay.clock.jump(119_000);
    expect(await (await relay.pair("deadbeef")).json()).toMatchObject({ node_id: "other" });
  });

  it("keeps sixteen codes; the seventeenth pushes out the oldest", async () => {
    const node = await relay.node("pc");
    for (let i = 1; i <= 17; i++) {
      await node.send({ type: "pair_offer", code: `code-${i}` }).next();
    }
    expect((await relay.pair("code-1")).status).toBe(403);
    expect((await relay.pair("code-2")).status).toBe(200);
    expect((await relay.pair("code-17")).status).toBe(200);
  });

  it("that offers some other subprotocol is promised none", async () => {
    const socket = relay.socket("/ws/node?node_id=pc", ["chat"]);
    // The client library gives up on a handshake without a subprotocol it asked for.
    expect(await socket.closed).toMatchObject({ code: 1006 });
  });
});

describe("a client", () => {
  it("without a good token is let in and told 4403", async () => {
    const { token } = await paired();
    for (const path of ["/ws/client", "/ws/client?token=", `/ws/client?token=${token}x`]) {
      expect(await relay.socket(path).closed).toMatchObject({ code: 4403 });
    }
    relay.clock.jump(3_600_000);
    expect(await relay.socket(`/ws/client?token=${token}`).closed).toMatchObject({ code: 4403 });
  });

  it("may show its token in the Authorization header", async () => {
    const { token } = await paired();
    const options = { headers: { authorization: `Bearer ${token}` } };
    const client = await relay.socket("/ws/client", [], options).opened();
    expect(await client.send({ type: "ping" }).next()).toMatchObject({ type: "pong" });
  });

  it("gets pong with the time for ping, and an unknown type named with its id", async () => {
    const { client } = await paired();
    expect(await client.send({ type: "ping" }).next()).toEqual({
      type: "pong",
      ts: relay.clock.unixSeconds(),
    });
    expect(await client.send({ type: "nonsense", id: "7" }).next()).toEqual({
      type: "error",
      id: "7",
      error: "unknown_message_type",
    });
  });

  it("is closed when its session ends, not only refused afterwards", async () => {
    const { client } = await paired();
    relay.clock.jump(3_599_000);
    expect(await client.send({ type: "ping" }).next()).toMatchObject({ type: "pong" });
    relay.clock.jump(1_000);
    expect(await client.closed).toMatchObject({ code: 4403 });
    expect(await relay.health()).toMatchObject({ sessions: 0 });
  });
});

describe("a node id that somebody else takes while its node is away", () => {
  const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
  const HOME = from("192.0.2.1");
  const STRANGER = from("192.0.2.2");

  beforeEach(async () => {
    await relay.stop();
    relay = await RelayHarness.start({ ORA_RELAY_TRUST_PROXY: "1" });
  });

  async function goes(node: RawSocket): Promise<void> {
    await node.end();
    while ((await relay.health()).nodes > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  it("brings nothing of what the node's clients send, and they go on when it is back", async () => {
    const node = await relay.node("pc", HOME);
    await node.send({ type: "pair_offer", code: "deadbeef" }).next();
    const client = await relay.client(await relay.token("deadbeef"));
    await goes(node);
    const stranger = await relay.node("pc", STRANGER);
    client.send({ type: "http_proxy", id: "secret" });
    expect(await client.next()).toMatchObject({ id: "secret", error: "node_not_connected" });
    expect(stranger.unread).toBe(0);
    await goes(stranger);
    const back = await relay.node("pc", HOME);
    client.send({ type: "http_proxy", id: "2" });
    expect(await back.next()).toMatchObject({ id: "2" });
  });

  it("brings no client of the code that the node had offered, and does not use the code up", async () => {
    const node = await relay.node("pc", HOME);
    await node.send({ type: "pair_offer", code: "deadbeef" }).next();
    await goes(node);
    await goes(
      await relay.node("pc", STRANGER).then(async (stranger) => {
        expect((await relay.pair("deadbeef")).status).toBe(503);
        return stranger;
      }),
    );
    await relay.node("pc", HOME);
    expect((await relay.pair("deadbeef")).status).toBe(200);
  });
});
