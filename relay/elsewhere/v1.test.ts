import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { describeWithNats, until } from "../cluster/testing/nats-server.ts";
import { MAX_SESSIONS_PER_V1_NODE } from "../limits.ts";
import type { RawSocket } from "../testing/raw-socket.ts";
import type { RelayHarness } from "../testing/relay-harness.ts";
import { elsewhereOf, relaysOnOneBus } from "../testing/relays.ts";
import { b64uSha256, NodeKey, online } from "../testing/v2-endpoints.ts";
import { NEWS_MS, SETTLE_MS } from "./session-replica.ts";

describeWithNats("protocol 1 over several instances", () => {
  const { bus, start, relays } = relaysOnOneBus();
  const request = (id: number | string, body = "") => ({
    type: "http_proxy",
    id,
    method: "GET",
    path: "/",
    headers: {},
    body_b64: body,
  });
  const answer = async (node: RawSocket, body: string) => {
    const { id } = await node.next();
    node.send({ type: "http_response", id, status: 200, headers: {}, body_b64: body });
  };
  const knows = (relay: RelayHarness, token: string) =>
    until(() => relay.relay.state.sessions.find(token) !== undefined, "the session is known");

  it("redeems a code once, wherever it is posted, and serves the token everywhere", async () => {
    const [a, b, c] = [await start(), await start(), await start()];
    const node = await a.offering("pc", "ABCDE-FGHJK");
    const answers = await Promise.all([a, b, c, b].map((relay) => relay.pair(" abcde fghjk ")));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403]);
    const paired = await answers.find(({ status }) => status === 200)?.json();
    expect(paired).toMatchObject({ ok: true, node_id: "pc" });
    const body = randomBytes(150_000).toString("base64");
    for (const relay of [a, b, c]) {
      await knows(relay, paired.token);
      const client = await relay.client(paired.token);
      for (const id of ["first", 2]) {
        client.send(request(id, body));
        await answer(node, body);
        const response = await client.next();
        expect([response.id, response.status, response.body_b64 === body]).toEqual([id, 200, true]);
      }
    }
    expect(JSON.stringify(relays.map(({ logged }) => logged))).not.toContain(paired.token);
  });

  it("says why a code gets no token: its node is away, or has no room", async () => {
    const [a, b] = [await start(), await start()];
    const node = await a.offering("pc", "code");
    for (let i = 0; i < 1_000; i++) {
      const digest = createHash("sha256").update(`${i}`).digest();
      a.relay.state.sessions.create("pc", "127.0.0.1", "127.0.0.1", digest);
    }
    expect((await b.pair("code")).status).toBe(503);
    node.ws.terminate();
    await until(() => a.relay.state.hub.size === 0, "it has gone");
    const away = await b.pair("code");
    expect([away.status, (await away.json()).detail]).toEqual([
      503,
      "The node that offers this code is not connected.",
    ]);
    expect((await b.pair("other")).status).toBe(403);
  });

  it("tells a request at once that its node is nowhere, and finds the node where it comes back", async () => {
    const [a, b] = [await start(), await start()];
    const node = await a.offering("pc", "code");
    const token = await b.token("code");
    const client = await b.client(token);
    client.send(request(1));
    await node.next();
    node.ws.terminate();
    expect(await client.next()).toMatchObject({ id: 1, error: "node_disconnected" });
    await until(() => elsewhereOf(b).cluster.traffic.links.near === 0, "the link has gone");
    client.send(request(2));
    expect(await client.next()).toMatchObject({ id: 2, error: "node_not_connected" });
    for (const relay of [b, a]) {
      const again = await relay.node("pc");
      await until(() => relay.relay.state.hub.size === 1, "it is back");
      client.send(request(3));
      await answer(again, "");
      expect(await client.next()).toMatchObject({ id: 3, status: 200 });
      again.ws.terminate();
      await until(() => relay.relay.state.hub.size === 0, "it has gone again");
      await until(() => elsewhereOf(b).cluster.traffic.links.near === 0, "the link has gone");
    }
    client.send({ type: "ping" });
    expect(await client.next()).toMatchObject({ type: "pong" });
  });

  it("ends the sockets of a session everywhere when its node revokes it, and revives it nowhere", async () => {
    const [a, b] = [await start(), await start()];
    const key = new NodeKey();
    const code = "ABCDE-FGHJK";
    const node = await online(a, key, { codes: [{ hash: b64uSha256(code), ttl: 60 }] });
    const token = await b.token(code);
    const told = await node.next();
    expect(told).toMatchObject({ type: "session_opened", code: b64uSha256(code), peer: "127.0.0.1" });
    const [used, idle] = [await b.client(token), await b.client(token)];
    used.send(request(1));
    expect(await node.next()).toMatchObject({ type: "http_proxy", session: told.id });
    const facts = [...b.relay.state.sessions.all()].map(({ sockets, ...session }) => session);
    node.send({ type: "session_revoke", id: told.id });
    expect([(await used.closed).code, (await idle.closed).code]).toEqual([4403, 4403]);
    expect(await node.next()).toMatchObject({ type: "session_closed", id: told.id });
    // Somebody who has not heard of it.
    const digest = facts[0]?.digest ?? Buffer.alloc(32);
    const words = {
      hash: digest.toString("hex"),
      id: told.id,
      node: key.id,
      peer: "",
      origin: "proven",
      ttl_ms: 1_000,
    };
    elsewhereOf(a).cluster.tell("sessions", { add: [words] });
    elsewhereOf(a).cluster.tell("sessions", { add: [{ ...words, hash: "00".repeat(32) }] });
    await until(
      () => b.relay.state.sessions.get(Buffer.alloc(32)) !== undefined,
      "it has heard of the other",
    );
    expect(b.relay.state.sessions.get(digest)).toBeUndefined();
  });

  it("tells an instance that comes later all sessions", async () => {
    const a = await start();
    await a.offering("pc", "code");
    const token = await a.token("code");
    const b = await start();
    await knows(b, token);
    expect(b.relay.state.sessions.find(token)?.nodeId).toBe("pc");
  });

  it("forgets what nobody vouches for while the bus is away, without denying it, and has it again afterwards", async () => {
    const [a, b] = [await start(), await start()];
    const node = await a.offering("pc", "code");
    const token = await b.token("code");
    await knows(a, token);
    const [near, far] = [await a.client(token), await b.client(token)];
    await bus().kill();
    expect((await far.closed).code).toBe(1012);
    expect((await (await b.client(token)).closed).code).toBe(1012);
    expect((await b.pair("code")).status).toBe(503);
    near.send(request(1));
    await answer(node, "");
    expect(await near.next()).toMatchObject({ id: 1, status: 200 });
    await bus().restart();
    await knows(b, token);
    const again = await b.client(token);
    again.send(request(2));
    await answer(node, "");
    expect(await again.next()).toMatchObject({ id: 2, status: 200 });
    // Everything is known again, so what is unknown is wrong.
    await until(() => {
      b.clock.advance(SETTLE_MS);
      return elsewhereOf(b).sessions.isWhole;
    }, "it knows all there is");
    let code: number | undefined;
    void b
      .client("wrong")
      .then(({ closed }) => closed)
      .then((end) => {
        code = end.code;
      });
    await until(() => {
      b.clock.advance(NEWS_MS);
      return code !== undefined;
    }, "it is refused");
    expect(code).toBe(4403);
  });

  it("waits for the word of a token that was given elsewhere a moment ago", async () => {
    const a = await start();
    a.clock.advance(SETTLE_MS);
    const b = await start();
    await until(() => elsewhereOf(b).sessions.isWhole, "it knows all there is");
    const token = "given-a-moment-ago";
    const client = b.client(token);
    const hash = createHash("sha256").update(token).digest("hex");
    await until(() => elsewhereOf(b).sessions.awaited === 1, "the token is shown");
    const session = { hash, id: "abcdefghijkl", node: "pc", peer: "192.0.2.1", origin: "192.0.2.2" };
    elsewhereOf(a).cluster.tell("sessions", { add: [{ ...session, ttl_ms: 60_000 }] });
    (await client).send({ type: "ping" });
    expect(await (await client).next()).toMatchObject({ type: "pong" });
    expect(elsewhereOf(b).sessions.awaited).toBe(0);
  });

  it("never calls a session over for which there was no room: here, or where its node is", async () => {
    const a = await start();
    a.clock.advance(SETTLE_MS);
    const b = await start();
    await until(() => elsewhereOf(b).sessions.isWhole, "it knows all there is");
    await a.node("pc");
    await until(() => a.relay.state.hub.size === 1, "the node is there");
    const token = "one-too-many";
    const words = {
      hash: createHash("sha256").update(token).digest("hex"),
      id: "abcdefghijkl",
      node: "pc",
      peer: "192.0.2.1",
      origin: "127.0.0.1",
      ttl_ms: 60_000,
    };
    for (let i = 0; i < MAX_SESSIONS_PER_V1_NODE; i += 1) {
      const facts = { id: "abcdefghijkl", nodeId: "pc", peer: "", origin: "", expiresAt: 60_000 };
      a.relay.state.sessions.adopt({ ...facts, digest: createHash("sha256").update(`${i}`).digest() });
    }
    for (const each of [a, b]) elsewhereOf(each).cluster.tell("sessions", { add: [words] });
    const digest = Buffer.from(words.hash, "hex");
    await until(() => elsewhereOf(a).sessions.whyUnknown(digest) === "no_room", "it was heard of");
    await knows(b, token);
    expect(await (await a.client(token)).closed).toEqual({ code: 4429, reason: "relay_full" });
    const client = await b.client(token);
    client.send(request(1));
    expect(await client.closed).toEqual({ code: 4429, reason: "relay_full" });
    // Room again, and the other is asked.
    a.relay.state.sessions.drop(createHash("sha256").update("0").digest());
    (await a.client(token)).send({ type: "ping" });
    await knows(a, token);
  });

  it("counts the attempts of one address at all instances", async () => {
    const environment = { ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "3" };
    const [a, b] = [await start(environment), await start(environment)];
    for (let i = 0; i < 3; i++) expect((await a.pair("wrong")).status).toBe(403);
    a.clock.advance(100);
    // What is told afterwards is heard afterwards.
    const session = {
      hash: "00".repeat(32),
      id: "abcdefghijkl",
      node: "pc",
      peer: "",
      origin: "",
      ttl_ms: 1,
    };
    elsewhereOf(a).cluster.tell("sessions", { add: [session] });
    await until(() => b.relay.state.sessions.size === 1, "b has heard of it");
    expect((await b.pair("wrong")).status).toBe(429);
  });
});
