import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RawSocket } from "../testing/raw-socket.ts";
import { RelayHarness } from "../testing/relay-harness.ts";
import { b64uSha256, NodeKey, online } from "../testing/v2-endpoints.ts";

const CODE = "K7QX0-1ABCD";
let relay: RelayHarness;
let key: NodeKey;
let node: RawSocket;

beforeEach(async () => {
  relay = await RelayHarness.start();
  key = new NodeKey();
  node = await online(relay, key, {
    codes: [{ hash: b64uSha256(CODE), ttl: 60 }],
    offers: [{ route: "K7QX", ttl: 60 }],
  });
});
afterEach(() => relay.stop());

async function pairedClient(): Promise<{ client: RawSocket; session: string }> {
  const client = await relay.client(await relay.token(CODE));
  return { client, session: (await node.next()).id };
}

describe("a v1 client of a v2 node", () => {
  it("pairs with its plaintext code, and the node hears who and with which code", async () => {
    const response = await relay.pair("k7qxo labcd");
    expect(await response.json()).toMatchObject({ ok: true, node_id: key.id });
    expect(await node.next()).toEqual({
      type: "session_opened",
      id: expect.stringMatching(/^[\w-]+$/),
      ttl: 3_600,
      peer: "127.0.0.1",
      code: b64uSha256(CODE),
    });
  });

  it("has its requests marked with its session, and gets its answers unchanged", async () => {
    const { client, session } = await pairedClient();
    const whole =
      '{"type":"http_proxy","id":"1","method":"GET","path":"/","headers":{},"body_b64":"aGk="} \n';
    client.send(whole);
    expect(await node.next()).toEqual({ ...JSON.parse(whole), session });
    client.send({ type: "http_proxy", id: 2, session: "forged" });
    expect(await node.next()).toMatchObject({ id: 2, path: "/", session });
    const big = Buffer.alloc(100_000, 7).toString("base64");
    client.send({ type: "http_proxy", id: "3", method: "PUT", path: "/", headers: {}, body_b64: big });
    expect(await node.next()).toMatchObject({ id: "3", body_b64: big, session });
    const answer = JSON.stringify({
      type: "http_response",
      id: "3",
      status: 200,
      headers: {},
      body_b64: big,
    });
    node.send(answer);
    expect(await client.nextText()).toBe(answer);
  });

  it("is closed with 4403 when the node revokes its session, and the node hears the end", async () => {
    const { client, session } = await pairedClient();
    node.send({ type: "session_revoke", id: "other" }).send({ type: "session_revoke", id: session });
    expect(await client.closed).toMatchObject({ code: 4403 });
    expect(await node.next()).toEqual({ type: "session_closed", id: session });
    expect(await relay.health()).toMatchObject({ sessions: 0 });
  });

  it("cannot have its session revoked by another node", async () => {
    const { client, session } = await pairedClient();
    const stranger = await online(relay, new NodeKey());
    stranger.send({ type: "session_revoke", id: session });
    await stranger.send({ type: "register" }).next();
    expect(await client.send({ type: "ping" }).next()).toMatchObject({ type: "pong" });
  });

  it("is told again after its node came back, with the time that is left", async () => {
    const { client, session } = await pairedClient();
    relay.clock.jump(600_000);
    client.send({ type: "http_proxy", id: "1" });
    await node.next();
    const again = await online(relay, key);
    expect(await client.next()).toMatchObject({ id: "1", error: "node_disconnected" });
    expect(await again.next()).toEqual({
      type: "session_opened",
      id: session,
      ttl: 3_000,
      peer: "127.0.0.1",
    });
    client.send({ type: "http_proxy", id: "1" });
    expect(await again.next()).toMatchObject({ id: "1", session });
    relay.clock.jump(3_000_000);
    expect(await client.closed).toMatchObject({ code: 4403 });
    expect(await again.next()).toEqual({ type: "session_closed", id: session });
  });
});

describe("a typed code posted to /api/pair", () => {
  it("is answered 426, its node is told to burn it, and it opens nothing any more", async () => {
    const response = await relay.pair("k7qx-0000");
    expect(response.status).toBe(426);
    expect(await response.json()).toEqual({ detail: expect.stringContaining("encrypted") });
    expect(await node.next()).toEqual({ type: "offer_exposed", route: "K7QX" });
    expect((await relay.pair("K7QX-0000")).status).toBe(403);
    const socket = await relay.socket("/ws/client", ["ora.v2"]).opened();
    await socket.next();
    expect(await socket.send({ type: "open", route: "K7QX" }).closed).toMatchObject({ code: 4410 });
  });

  it("whose node is away stays burnt when that comes back and offers it again", async () => {
    await node.end();
    expect((await relay.pair("K7QX-0000")).status).toBe(426);
    const again = await online(relay, key);
    again.send({ type: "register", offers: [{ route: "K7QX", ttl: 60 }] });
    expect(await again.next()).toEqual({
      type: "registered",
      rejected: [{ route: "K7QX", error: "offer_gone" }],
    });
  });

  it("that nobody offers is as wrong as any", async () => {
    expect((await relay.pair("ABCD-0000")).status).toBe(403);
  });
});
