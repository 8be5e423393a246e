import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import { DEVICE_OPENS_PER_MINUTE, MAX_CHANNELS_PER_DEVICE, V2_CLIENT_PROBATION } from "../limits.ts";
import type { RawSocket } from "../testing/raw-socket.ts";
import { RelayHarness } from "../testing/relay-harness.ts";
import { device, frameFor, NodeKey, online, opened, opening, welcomed } from "../testing/v2-endpoints.ts";

let relay: RelayHarness;
let key: NodeKey;
let node: RawSocket;
const phone = device("phone");
const LINK_ROUTE = "0123456789ABCDEF";

beforeEach(async () => {
  relay = await RelayHarness.start();
  key = new NodeKey();
  node = await online(relay, key, {
    sessions: [phone.entry],
    offers: [
      { route: "K7QX", ttl: 60 },
      { route: LINK_ROUTE, ttl: 600 },
    ],
  });
});
afterEach(() => relay.stop());

const byToken = () => ({ node_id: key.id, token: phone.token });

describe("opening", () => {
  it("by a token tells the node who comes, from where, under a number of its own", async () => {
    await opened(relay, byToken());
    expect(await node.next()).toEqual({
      type: "channel_open",
      channel: 1,
      peer: "127.0.0.1",
      via: "session",
      device: "phone",
    });
    await opened(relay, byToken());
    expect(await node.next()).toMatchObject({ channel: 2 });
  });

  it("by a route tells the node which; the relay does not use it up", async () => {
    for (const route of ["K7QX", LINK_ROUTE, "K7QX"]) {
      await opened(relay, { route });
      expect(await node.next()).toMatchObject({ type: "channel_open", via: "offer", route });
    }
  });

  it("is bounded per device: so many channels at once, and no other device's", async () => {
    const tablet = device("tablet");
    node.send({ type: "sessions", add: [tablet.entry], remove: [] });
    const clients = [];
    for (let count = 0; count < MAX_CHANNELS_PER_DEVICE; count++)
      clients.push(await opened(relay, byToken()));
    const beyond = await opening(relay, byToken());
    expect(await beyond.next()).toEqual({ type: "error", code: "too_many_channels" });
    expect((await beyond.closed).code).toBe(4429);
    await opened(relay, { node_id: key.id, token: tablet.token });
    await clients[0]?.end();
    for (let seen = 0; seen < MAX_CHANNELS_PER_DEVICE + 2; seen++) await node.next();
    await opened(relay, byToken());
  });

  it("is bounded per device: so many in a minute", async () => {
    for (let count = 0; count < DEVICE_OPENS_PER_MINUTE; count++)
      await (await opened(relay, byToken())).end();
    const beyond = await opening(relay, byToken());
    expect(await beyond.next()).toEqual({ type: "error", code: "rate_limited", retry_ms: 60_000 });
    expect((await beyond.closed).code).toBe(4429);
    relay.clock.jump(60_000);
    await opened(relay, byToken());
  });

  it("may be followed by a frame in the same breath", async () => {
    const client = await welcomed(relay, "client");
    client.send({ type: "open", ...byToken() }).send(new Uint8Array([1, 2, 3]));
    expect(await node.next()).toMatchObject({ type: "channel_open" });
    expect(await node.nextBinary()).toEqual(frameFor(1, new Uint8Array([1, 2, 3])));
  });

  it("is refused by name", async () => {
    const refusal = async (open: object) => {
      const socket = await opening(relay, open as { route: string });
      const error = await socket.next();
      return [error.code, (await socket.closed).code];
    };
    const stranger = new NodeKey();
    expect(await refusal({ node_id: key.id, token: device("x").token })).toEqual(["denied", 4403]);
    expect(await refusal({ node_id: stranger.id, token: phone.token })).toEqual(["node_offline", 4503]);
    expect(await refusal({ route: "ABCD" })).toEqual(["unknown_route", 4404]);
    expect(await refusal({ route: "k7qx" })).toEqual(["bad_message", 4400]);
    expect(await refusal({})).toEqual(["bad_message", 4400]);
    relay.clock.jump(60_000);
    expect(await refusal({ route: "K7QX" })).toEqual(["offer_gone", 4410]);
    await opened(relay, { route: LINK_ROUTE });
    await node.end();
    expect(await refusal({ route: LINK_ROUTE })).toEqual(["node_offline", 4503]);
    expect(await refusal(byToken())).toEqual(["node_offline", 4503]);
  });

  it("takes one message: anything else first ends the socket", async () => {
    for (const first of ["{", "{}", '{"type":"ping"}', new Uint8Array(3), " ".repeat(5_000)]) {
      const client = await welcomed(relay, "client");
      expect(await client.send(first).closed).toMatchObject({ code: 4400 });
    }
  });

  it("must come in time, whatever else comes", async () => {
    const client = await welcomed(relay, "client");
    relay.clock.jump(V2_CLIENT_PROBATION.ms - 1);
    client.ws.ping();
    await new Promise((resolve) => client.ws.once("pong", resolve));
    relay.clock.jump(1);
    expect(await client.closed).toMatchObject({ code: 4408 });
    const flood = await welcomed(relay, "client");
    for (let i = 0; i <= V2_CLIENT_PROBATION.messages; i++) flood.ws.ping();
    expect(await flood.closed).toMatchObject({ code: 1008 });
    const endless = await welcomed(relay, "client");
    endless.ws.send(Buffer.alloc(V2_CLIENT_PROBATION.bytes), { fin: false });
    expect(await endless.closed).toMatchObject({ code: 1008 });
  });

  it("by routes is limited per address, by tokens it is not", async () => {
    await relay.stop();
    relay = await RelayHarness.start({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "2" });
    node = await online(relay, key, { sessions: [phone.entry] });
    for (let i = 0; i < 2; i++) {
      expect(await (await opening(relay, { route: "ABCD" })).closed).toMatchObject({ code: 4404 });
    }
    relay.clock.jump(20_000);
    const limited = await opening(relay, { route: "ABCD" });
    expect(await limited.next()).toEqual({ type: "error", code: "rate_limited", retry_ms: 40_000 });
    expect(await limited.closed).toMatchObject({ code: 4429 });
    for (let i = 0; i < 5; i++) await opened(relay, byToken());
  });
});

describe("frames", () => {
  it("pass both ways as they are, each to its own channel", async () => {
    const [one, two] = [await opened(relay, byToken()), await opened(relay, byToken())];
    await node.next();
    await node.next();
    for (const length of [1, 100, MAX_FRAME_BYTES]) {
      const frames = [randomBytes(length), randomBytes(length)] as const;
      one.send(frames[0]);
      expect(await node.nextBinary()).toEqual(frameFor(1, frames[0]));
      two.send(frames[1]);
      expect(await node.nextBinary()).toEqual(frameFor(2, frames[1]));
      node.send(frameFor(2, frames[0])).send(frameFor(1, frames[1]));
      expect(await one.nextBinary()).toEqual(frames[1]);
      expect(await two.nextBinary()).toEqual(frames[0]);
    }
  });

  it("over the limit end their channel, from either side, and nothing else", async () => {
    const [one, two, three] = [
      await opened(relay, byToken()),
      await opened(relay, byToken()),
      await opened(relay, byToken()),
    ];
    for (let i = 0; i < 3; i++) await node.next();
    one.send(new Uint8Array(MAX_FRAME_BYTES + 1));
    expect(await one.closed).toEqual({ code: 4413, reason: "frame_too_big" });
    expect(await node.next()).toEqual({ type: "channel_closed", channel: 1 });
    node.send(frameFor(2, new Uint8Array(MAX_FRAME_BYTES + 1)));
    expect(await two.closed).toMatchObject({ code: 4413 });
    expect(await node.next()).toEqual({ type: "channel_closed", channel: 2 });
    node.send(frameFor(3, new Uint8Array([5])));
    expect(await three.nextBinary()).toEqual(Buffer.from([5]));
  });

  it("for a channel that is gone, or never was, are dropped; its number is not used again", async () => {
    const client = await opened(relay, byToken());
    await node.next();
    await client.end();
    expect(await node.next()).toEqual({ type: "channel_closed", channel: 1 });
    const next = await opened(relay, byToken());
    expect(await node.next()).toMatchObject({ channel: 2 });
    for (const channel of [0, 1, 3, 0xffff_ffff]) node.send(frameFor(channel, new Uint8Array([1])));
    node.send(frameFor(2, new Uint8Array([2])));
    expect(await next.nextBinary()).toEqual(Buffer.from([2]));
  });

  it("of other nodes' channels are out of a node's reach", async () => {
    const client = await opened(relay, byToken());
    const stranger = await online(relay, new NodeKey());
    stranger.send(frameFor(1, new Uint8Array([9])));
    stranger.send({ type: "channel_close", channel: 1 });
    await stranger.send({ type: "register" }).next();
    node.send(frameFor(1, new Uint8Array([7])));
    expect(await client.nextBinary()).toEqual(Buffer.from([7]));
  });

  it("and words from the future: a client's text after open is ignored, up to a flood", async () => {
    const client = await opened(relay, byToken());
    client.send({ type: "future" }).send(new Uint8Array([1]));
    await node.next();
    expect(await node.nextBinary()).toEqual(frameFor(1, new Uint8Array([1])));
    for (let i = 0; i < 100; i++) client.send("{}");
    expect(await client.closed).toMatchObject({ code: 1008 });
  });
});

describe("a channel", () => {
  it("is closed by its node with the code it gives, after what it sent", async () => {
    const [one, two] = [await opened(relay, byToken()), await opened(relay, byToken())];
    node.send(frameFor(1, new Uint8Array([1]))).send({ type: "channel_close", channel: 1 });
    expect(await one.nextBinary()).toEqual(Buffer.from([1]));
    expect(await one.closed).toMatchObject({ code: 1000 });
    node.send({ type: "channel_close", channel: 2, code: 4403 });
    expect(await two.closed).toMatchObject({ code: 4403 });
  });

  it("ends with 4503 when its node goes", async () => {
    const client = await opened(relay, byToken());
    node.ws.terminate();
    expect(await client.next()).toEqual({ type: "error", code: "node_offline" });
    expect(await client.closed).toMatchObject({ code: 4503 });
  });
});
