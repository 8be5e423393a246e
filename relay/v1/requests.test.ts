import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RawSocket } from "../testing/raw-socket.ts";
import { RelayHarness } from "../testing/relay-harness.ts";

let relay: RelayHarness;
let node: RawSocket;
let token: string;
let client: RawSocket;

async function start(environment: Record<string, string> = {}) {
  relay = await RelayHarness.start(environment);
  node = await relay.offering("pc", "deadbeef");
  token = await relay.token("deadbeef");
  client = await relay.client(token);
}

beforeEach(() => start());
afterEach(() => relay.stop());

async function restart(environment: Record<string, string>) {
  await relay.stop();
  await start(environment);
}

const request = (id: string | number, fields: object = {}) => ({
  type: "http_proxy",
  id,
  method: "GET",
  path: "/",
  headers: {},
  body_b64: "",
  ...fields,
});
const response = (id: string | number, body = "") => ({
  type: "http_response",
  id,
  status: 200,
  headers: { a: "b" },
  body_b64: Buffer.from(body).toString("base64"),
});

/** Two more tokens and sockets for the same node. */
async function secondClient(): Promise<RawSocket> {
  await node.send({ type: "pair_offer", code: "second" }).next();
  return relay.client(await relay.token("second"));
}

describe("a request", () => {
  it("reaches the node as it was sent, byte for byte, and its answer the client", async () => {
    const odd =
      '{ "type":"http_proxy" ,"id":"1","method":"GET","path":"/\\u00e9","headers":{},"body_b64":""}';
    client.send(odd);
    expect(await node.nextText()).toBe(odd);
    const answer = '{"id":"1", "type":"http_response","status":201,"headers":{},"body_b64":"aGk="}';
    node.send(answer);
    expect(await client.nextText()).toBe(answer);
  });

  it("with gaps reaches the node whole", async () => {
    client.send({ type: "http_proxy", id: 5, unknown: "x", body_b64: null });
    expect(await node.next()).toEqual(request(5));
  });

  it("without an id gets one, and is answered with it", async () => {
    client.send({ type: "http_proxy" });
    const { id } = await node.next();
    expect(id).toMatch(/^r-/);
    node.send(response(id));
    expect(await client.next()).toMatchObject({ id, status: 200 });
  });

  it("does not wait for another: answers come as they finish", async () => {
    for (const id of ["a", "b", "c"]) client.send(request(id));
    for (const id of ["a", "b", "c"]) expect(await node.next()).toMatchObject({ id });
    for (const id of ["c", "a", "b"]) node.send(response(id, id));
    for (const id of ["c", "a", "b"]) expect(await client.next()).toEqual(response(id, id));
  });

  it("keeps the type of its id, whatever the node makes of it", async () => {
    client.send(request(7));
    await node.next();
    node.send(response("7"));
    expect(await client.next()).toMatchObject({ id: 7 });
  });

  it("that fails at the node's API brings the node's word for it", async () => {
    client.send(request("1"));
    await node.next();
    node.send({ type: "http_response", id: "1", error: "http_proxy_failed:ConnectError" });
    expect(await client.next()).toEqual({
      type: "http_response",
      id: "1",
      error: "http_proxy_failed:ConnectError",
    });
  });

  it.each([
    ["bad_method", { method: 7 }],
    ["bad_path", { path: {} }],
    ["bad_headers", { headers: { a: 1 } }],
    ["bad_body", { body_b64: [] }],
  ])("of wrong types is answered %s and never reaches the node", async (error, fields) => {
    client.send(request("1", fields)).send(request("2"));
    expect(await client.next()).toEqual({ type: "http_response", id: "1", error });
    expect(await node.next()).toMatchObject({ id: "2" });
  });

  it("to a node that is away is answered at once", async () => {
    await node.end();
    client.send(request("1")).send({ type: "http_proxy" });
    expect(await client.next()).toEqual({ type: "http_response", id: "1", error: "node_not_connected" });
    expect(await client.next()).toMatchObject({ id: expect.stringMatching(/^r-/) });
  });

  it("fails when its node goes, and the node's successor serves the next", async () => {
    client.send(request("1"));
    await node.next();
    node.ws.terminate();
    expect(await client.next()).toEqual({ type: "http_response", id: "1", error: "node_disconnected" });
    const successor = await relay.node("pc");
    client.send(request("1"));
    expect(await successor.next()).toMatchObject({ id: "1" });
  });

  it("times out when the node does not answer, each at its own time", async () => {
    client.send(request("1"));
    await node.next();
    relay.clock.jump(10_000);
    client.send(request("2"));
    await node.next();
    relay.clock.jump(24_999);
    client.send({ type: "ping" });
    expect(await client.next()).toMatchObject({ type: "pong" });
    relay.clock.jump(1);
    expect(await client.next()).toEqual({ type: "http_response", id: "1", error: "timeout" });
    client.send({ type: "ping" });
    expect(await client.next()).toMatchObject({ type: "pong" });
    relay.clock.jump(10_000);
    expect(await client.next()).toEqual({ type: "http_response", id: "2", error: "timeout" });
  });

  it("past ORA_RELAY_MAX_PENDING is refused until another has finished", async () => {
    await restart({ ORA_RELAY_MAX_PENDING: "2" });
    for (const id of ["1", "2", "3"]) client.send(request(id));
    expect(await client.next()).toEqual({ type: "http_response", id: "3", error: "too_many_pending" });
    await node.next();
    await node.next();
    node.send(response("1"));
    expect(await client.next()).toMatchObject({ id: "1", status: 200 });
    client.send(request("4"));
    expect(await node.next()).toMatchObject({ id: "4" });
  });
});

describe("a body", () => {
  const body = (bytes: number) => Buffer.alloc(bytes, 7).toString("base64");

  it("of exactly ORA_RELAY_MAX_HTTP_BODY_BYTES passes, one byte more is an error and nothing is cut", async () => {
    await restart({ ORA_RELAY_MAX_HTTP_BODY_BYTES: "1000" });
    client.send(request("big", { body_b64: body(1_001) }));
    expect(await client.next()).toEqual({ type: "http_response", id: "big", error: "body_too_large" });
    client.send(request("fits", { body_b64: body(1_000) }));
    expect(await node.next()).toMatchObject({ id: "fits", body_b64: body(1_000) });
    node.send({ ...response("fits"), body_b64: body(1_000) });
    expect(await client.next()).toMatchObject({ id: "fits", body_b64: body(1_000) });
    client.send(request("back"));
    await node.next();
    node.send({ ...response("back"), body_b64: body(1_001) });
    expect(await client.next()).toEqual({ type: "http_response", id: "back", error: "body_too_large" });
  });
});

describe("ids", () => {
  it("that one client has under way cannot be used again by it, and may be afterwards", async () => {
    client.send(request("1")).send(request("1"));
    expect(await client.next()).toEqual({ type: "http_response", id: "1", error: "id_in_use" });
    await node.next();
    node.send(response("1", "first"));
    expect(await client.next()).toEqual(response("1", "first"));
    client.send(request("1"));
    expect(await node.next()).toMatchObject({ id: "1" });
  });

  it("of two clients do not meet: each gets its own answer under its own id", async () => {
    const other = await secondClient();
    client.send(request("1", { path: "/mine" }));
    expect(await node.next()).toMatchObject({ id: "1", path: "/mine" });
    other.send(request("1", { path: "/theirs" }));
    const { id, path } = await node.next();
    expect(path).toBe("/theirs");
    expect(id).not.toBe("1");
    other.send(request("1"));
    expect(await other.next()).toMatchObject({ error: "id_in_use" });
    node.send(response(id, "theirs")).send(response("1", "mine"));
    expect(await other.next()).toEqual(response("1", "theirs"));
    expect(await client.next()).toEqual(response("1", "mine"));
  });

  it("whose client has gone are not handed out again while the old answer may still come", async () => {
    client.send(request("1"));
    await node.next();
    await client.end();
    const other = await secondClient();
    other.send(request("1"));
    const { id } = await node.next();
    expect(id).not.toBe("1");
    node.send(response("1", "a stranger's secret")).send(response(id, "own"));
    expect(await other.next()).toEqual(response("1", "own"));
    other.send(request("1"));
    expect(await node.next()).toMatchObject({ id: "1" });
  });

  it("that timed out are not answered with the late answer of the first try", async () => {
    client.send(request("1"));
    await node.next();
    relay.clock.jump(35_000);
    expect(await client.next()).toMatchObject({ error: "timeout" });
    client.send(request("1"));
    const { id } = await node.next();
    node.send(response("1", "late")).send(response(id, "new"));
    expect(await client.next()).toEqual(response("1", "new"));
  });

  it("of another node's requests cannot be answered by this one", async () => {
    const stranger = await relay.offering("stranger", "other");
    client.send(request("1"));
    await node.next();
    stranger.send(response("1", "forged")).send({ type: "nonsense" });
    await stranger.next();
    node.send(response("1", "true"));
    expect(await client.next()).toEqual(response("1", "true"));
  });

  it("of a client that goes make room for others", async () => {
    await restart({ ORA_RELAY_MAX_PENDING: "1" });
    client.send(request("1"));
    await node.next();
    const other = await secondClient();
    other.send(request("2"));
    expect(await other.next()).toMatchObject({ error: "too_many_pending" });
    await client.end();
    other.send(request("3"));
    expect(await node.next()).toMatchObject({ id: "3" });
  });
});

describe("an answer", () => {
  it("that makes no sense is told to the client as such", async () => {
    client.send(request("1"));
    await node.next();
    node.send({ type: "http_response", id: "1", status: "200" });
    expect(await client.next()).toEqual({ type: "http_response", id: "1", error: "bad_response" });
  });

  it("to nothing, and a second one, are dropped", async () => {
    client.send(request("1"));
    await node.next();
    node.send(response("0")).send(response("1", "one")).send(response("1", "two"));
    expect(await client.next()).toEqual(response("1", "one"));
    client.send({ type: "ping" });
    expect(await client.next()).toMatchObject({ type: "pong" });
  });
});
