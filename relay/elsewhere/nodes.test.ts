import { expect, it } from "vitest";
import { describeWithNats, until } from "../cluster/testing/nats-server.ts";
import type { RelayHarness } from "../testing/relay-harness.ts";
import { elsewhereOf, relaysOnOneBus } from "../testing/relays.ts";
import { device, NodeKey, online, opened, opening } from "../testing/v2-endpoints.ts";
import { nodeKey } from "./place-keys.ts";

describeWithNats("a node that comes to another instance", () => {
  const { bus, start } = relaysOnOneBus();
  const areConnected = (...all: RelayHarness[]) =>
    all.every((relay) => elsewhereOf(relay).cluster.isConnected);

  it("replaces its older connection, whatever the clocks say, and takes its offers with it", async () => {
    const [a, b, c] = [await start(), await start(), await start()];
    const [key, phone] = [new NodeKey(), device("phone")];
    const offers = [
      { route: "K7QX", ttl: 60 },
      { route: "K7QY", ttl: 60 },
    ];
    const old = await online(a, key, { sessions: [phone.entry], offers }, { epoch: 9_000 });
    await opened(c, { node_id: key.id, token: phone.token });
    const young = await online(
      b,
      key,
      { sessions: [phone.entry], offers: [{ route: "K7QX", ttl: 60 }] },
      { epoch: 1 },
    );
    expect((await old.closed).code).toBe(4409);
    await until(() => a.relay.state.hub.size === 0, "the old one has gone");
    for (const relay of [a, b, c]) {
      await opened(relay, { node_id: key.id, token: phone.token });
      expect(await young.next()).toMatchObject({ type: "channel_open", via: "session" });
      await opened(relay, { route: "K7QX" });
      expect(await young.next()).toMatchObject({ type: "channel_open", via: "offer" });
      expect(await (await opening(relay, { route: "K7QY" })).next()).toMatchObject({ code: "offer_gone" });
    }
  });

  it("is one connection again after the bus was away, the one that its node made last", async () => {
    const [a, b] = [await start(), await start()];
    const key = new NodeKey();
    const older = await online(a, key, {}, { epoch: 5 });
    await bus().kill();
    await until(() => !areConnected(a) && !areConnected(b), "the bus is away");
    const newer = await online(b, key, {}, { epoch: 6 });
    expect(older.ws.readyState).toBe(older.ws.OPEN);
    await bus().restart();
    expect((await older.closed).code).toBe(4409);
    expect(newer.ws.readyState).toBe(newer.ws.OPEN);
    await until(() => areConnected(a, b), "the bus is back");
    const answer = await elsewhereOf(a).cluster.ask(nodeKey(key.id), { want: "epoch" });
    expect(answer).toEqual({ epoch: 6 });
  });

  it("cannot have the route or the code that another node offers", async () => {
    const [a, b] = [await start(), await start()];
    const code = { hash: "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg", ttl: 60 };
    const route = { route: "K7QX", ttl: 60 };
    await online(a, new NodeKey(), { offers: [route], codes: [code] });
    const other = await online(b, new NodeKey());
    other.send({ type: "register", offers: [route, { route: "K7QY", ttl: 60 }], codes: [code] });
    expect(await other.next()).toEqual({
      type: "registered",
      rejected: [
        { route: "K7QX", error: "route_taken" },
        { hash: code.hash, error: "code_in_use" },
      ],
    });
    other
      .send({ type: "offer", ...route })
      .send({ type: "code", ...code })
      .send({ type: "offer", route: "K7QZ", ttl: 9 });
    expect(await other.next()).toEqual({ type: "offered", route: "K7QX", error: "route_taken" });
    expect(await other.next()).toEqual({ type: "offered", hash: code.hash, error: "code_in_use" });
    expect(await other.next()).toEqual({ type: "offered", route: "K7QZ" });
    expect(b.relay.state.routes.find("K7QX")).toBe("unknown_route");
  });

  it("keeps a v1 id from newcomers elsewhere while it answers, and loses it when it does not", async () => {
    const [a, b] = [await start(), await start()];
    const node = await a.node("pc");
    await until(() => a.relay.state.hub.size === 1, "it is there");
    await elsewhereOf(a).cluster.ask(nodeKey("pc"), {});
    const refused = await b.node("pc");
    expect(await refused.closed).toEqual({ code: 4409, reason: "node_id_in_use" });
    // It answers no ping any more.
    node.ws.pause();
    const heir = await b.node("pc");
    const heard = async () => {
      // Time passes at the holder until it has given up.
      a.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
      return b.relay.state.hub.size === 1;
    };
    while (!(await heard()));
    expect(heir.ws.readyState).toBe(heir.ws.OPEN);
    node.ws.resume();
    await node.closed;
  });

  it("lets a certificate be asked for its app, wherever it is", async () => {
    const environment = {
      ORA_RELAY_ADMIN_PORT: "0",
      ORA_RELAY_PUBLIC_URL: "https://relay.example",
      ORA_RELAY_APPS: "subdomain",
    };
    const [a, b] = [await start(environment), await start(environment)];
    const key = new NodeKey();
    await online(a, key, {}, { host: "relay.example:443" });
    const ask = async (relay: RelayHarness, id: string) =>
      (await fetch(`http://127.0.0.1:${relay.adminPort}/tls-ask?domain=${id}.relay.example`)).status;
    expect([await ask(a, key.id), await ask(b, key.id), await ask(b, new NodeKey().id)]).toEqual([
      200, 200, 404,
    ]);
  });

  it("is served by a relay whose bus is away, and that relay is alive, not ready, and says so", async () => {
    await bus().kill();
    const a = await start({ ORA_RELAY_ADMIN_PORT: "0" });
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${a.adminPort}${path}`)).status;
    expect([await status("/live"), await status("/ready")]).toEqual([200, 503]);
    expect(a.logged.join("")).toContain("the bus between the relays is away");
    const page = async () => (await fetch(`${a.http}/status`)).text();
    expect(await page()).toContain("cut off from the other relays");
    const [key, phone] = [new NodeKey(), device("phone")];
    await online(a, key, { sessions: [phone.entry] });
    await opened(a, { node_id: key.id, token: phone.token });
    await bus().restart();
    await until(() => areConnected(a), "the bus is there");
    expect(await status("/ready")).toBe(200);
    expect(await page()).toContain("This relay is up.");
    const b = await start();
    await opened(b, { node_id: key.id, token: phone.token });
  });
});
