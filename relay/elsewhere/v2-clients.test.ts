import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { describeWithNats, until } from "../cluster/testing/nats-server.ts";
import { elsewhereOf, relaysOnOneBus } from "../testing/relays.ts";
import { device, frameFor, NodeKey, online, opened, opening, welcomed } from "../testing/v2-endpoints.ts";
import { routeKey } from "./place-keys.ts";

const KIB = 1024;
const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describeWithNats("a client of protocol 2 at another instance than its node", () => {
  const { bus, start } = relaysOnOneBus();
  const pair = async () => {
    const [a, b] = [await start(), await start()];
    await until(
      () => elsewhereOf(a).cluster.others === 1 && elsewhereOf(b).cluster.others === 1,
      "they meet",
    );
    return { a, b };
  };

  it("is served by its token, unread and whole, both ways", async () => {
    const { a, b } = await pair();
    const [key, phone] = [new NodeKey(), device("phone")];
    const node = await online(a, key, { sessions: [phone.entry] });
    const client = await opened(b, { node_id: key.id, token: phone.token });
    expect(await node.next()).toMatchObject({
      type: "channel_open",
      channel: 1,
      via: "session",
      device: "phone",
      peer: "127.0.0.1",
    });
    const frames = Array.from({ length: 64 }, () => randomBytes(64 * KIB));
    for (const frame of frames) client.send(frame);
    for (const frame of frames) {
      expect(hash((await node.nextBinary()).subarray(4))).toBe(hash(frame));
    }
    for (const frame of frames) node.send(frameFor(1, frame));
    for (const frame of frames) expect(hash(await client.nextBinary())).toBe(hash(frame));
    await client.end();
    expect(await node.next()).toEqual({ type: "channel_closed", channel: 1 });
  });

  it("is served by the route of an offer, and told what came of one that is gone, unknown or shown", async () => {
    const { a, b } = await pair();
    const key = new NodeKey();
    const offers = [
      { route: "K7QX", ttl: 60 },
      { route: "K7QY", ttl: 60 },
      { route: "K7QZ", ttl: 60 },
    ];
    const node = await online(a, key, { offers });
    const client = await opened(b, { route: "K7QX" });
    expect(await node.next()).toMatchObject({ type: "channel_open", via: "offer", route: "K7QX" });
    client.send(Buffer.from("first"));
    expect((await node.nextBinary()).subarray(4).toString()).toBe("first");
    node.send({ type: "offer_remove", route: "K7QY" });
    node.send({ type: "offer", route: "K7QV", ttl: 60 });
    expect(await node.next()).toEqual({ type: "offered", route: "K7QV" });
    const refusal = async (route: string) => {
      const socket = await opening(b, { route });
      const { code } = await socket.next();
      return [code, (await socket.closed).code];
    };
    expect(await refusal("K7QY")).toEqual(["offer_gone", 4410]);
    expect(await refusal("0000")).toEqual(["unknown_route", 4404]);
    expect((await b.pair("k7qz-1234")).status).toBe(426);
    expect(await node.next()).toEqual({ type: "offer_exposed", route: "K7QZ" });
    expect(await refusal("K7QZ")).toEqual(["offer_gone", 4410]);
    // Forgotten everywhere after a while.
    a.clock.advance(3_600_000);
    await until(() => a.relay.state.routes.find("K7QY") === "unknown_route", "it is forgotten");
    // What is answered was asked after the bus had heard of it.
    await elsewhereOf(a).cluster.ask(routeKey("none"), {});
    expect(await refusal("K7QY")).toEqual(["unknown_route", 4404]);
  });

  it("is denied with a wrong token, and told that its node is away when nobody has it", async () => {
    const { a, b } = await pair();
    const key = new NodeKey();
    await online(a, key);
    const wrong = await opening(b, { node_id: key.id, token: device("x").token });
    expect(await wrong.next()).toEqual({ type: "error", code: "denied" });
    expect((await wrong.closed).code).toBe(4403);
    const away = await opening(b, { node_id: new NodeKey().id, token: device("x").token });
    expect(await away.next()).toEqual({ type: "error", code: "node_offline" });
    expect((await away.closed).code).toBe(4503);
  });

  it("is cut off when it is revoked, and hears that its node has gone", async () => {
    const { a, b } = await pair();
    const [key, one, two] = [new NodeKey(), device("one"), device("two")];
    const node = await online(a, key, { sessions: [one.entry, two.entry] });
    const [first, second] = [
      await opened(b, { node_id: key.id, token: one.token }),
      await opened(b, { node_id: key.id, token: two.token }),
    ];
    node.send({ type: "sessions", add: [], remove: ["one"] });
    expect((await first.closed).code).toBe(4403);
    node.ws.terminate();
    expect(await second.next()).toEqual({ type: "error", code: "node_offline" });
    expect((await second.closed).code).toBe(4503);
  });

  it("is told to come again when it cannot be known where its node is, and what is here goes on", async () => {
    const { a, b } = await pair();
    const [key, phone] = [new NodeKey(), device("phone")];
    const node = await online(a, key, { sessions: [phone.entry] });
    const here = await opened(a, { node_id: key.id, token: phone.token });
    const there = await opened(b, { node_id: key.id, token: phone.token });
    await bus().kill();
    expect((await there.closed).code).toBe(1012);
    await until(
      () => !elsewhereOf(a).cluster.isConnected && !elsewhereOf(b).cluster.isConnected,
      "it is away",
    );
    expect((await (await opening(b, { node_id: key.id, token: phone.token })).closed).code).toBe(1012);
    expect((await (await opening(b, { route: "K7QX" })).closed).code).toBe(1012);
    here.send(Buffer.from("still here"));
    await until(() => node.unread >= 4, "the node has heard of all");
    await bus().restart();
    await until(() => elsewhereOf(a).cluster.isConnected && elsewhereOf(b).cluster.isConnected, "it is back");
    await opened(b, { node_id: key.id, token: phone.token });
  });

  it("may send early and a lot: it is not read until it is served, and nobody counts it twice", async () => {
    const a = await start();
    const b = await start({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "2" });
    const key = new NodeKey();
    const node = await online(a, key, { offers: [{ route: "K7QX", ttl: 60 }] });
    const client = await welcomed(b, "client");
    client.send({ type: "open", route: "K7QX" }).send(Buffer.from("early"));
    expect(await client.next()).toEqual({ type: "opened" });
    expect(await node.next()).toMatchObject({ type: "channel_open" });
    expect((await node.nextBinary()).subarray(4).toString()).toBe("early");
    await opened(b, { route: "K7QX" });
    expect(await (await opening(b, { route: "K7QX" })).next()).toMatchObject({ code: "rate_limited" });
  });
});
