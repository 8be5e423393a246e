import { describe, expect, it } from "vitest";
import { generatePrivateKey } from "#shared/crypto/backend.ts";
import { staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { openSession } from "#shared/crypto/open-session.ts";
import { pairByLink } from "#shared/crypto/pair.ts";
import { encodePairRequest } from "#shared/protocol/v2/pairing-messages.ts";
import { backend, channelWorld, muxOver, NOTHING, nodeKey, turns } from "../testing/channel-world.ts";
import { MAX_CHANNELS_PER_DEVICE } from "./channel-host.ts";
import { CONFIRM_TIMEOUT_MS, DRAIN_AFTER_MS } from "./device-channel.ts";
import { MAX_HANDSHAKES_PER_FAMILY, MAX_HANDSHAKES_PER_KEY } from "./handshake-slots.ts";

describe("channels", () => {
  it("whose client says nothing end after ten seconds, and do not count any more", async () => {
    const { clock, dial, texts, leg } = await channelWorld();
    for (let count = 0; count < MAX_HANDSHAKES_PER_KEY; count++) dial({ via: "session", device: "x" });
    expect(leg.size).toBe(MAX_HANDSHAKES_PER_KEY);
    expect(texts).toEqual([]);
    dial({ via: "session", device: "x" });
    expect(leg.size).toBe(MAX_HANDSHAKES_PER_KEY);
    expect(texts).toEqual(['{"type":"channel_close","channel":1,"code":4429}']);
    clock.advance(10_000);
    await turns();
    expect(leg.size).toBe(0);
    dial({ via: "session", device: "x" });
    expect(leg.size).toBe(1);
  });

  it("that one device and its children leave half-open keep neither another device nor a pairing out", async () => {
    const { dial, leg, addDevice, openAs, pair, offers, devices } = await channelWorld();
    const attacker = await addDevice();
    const children = [];
    for (let count = 0; count < 20; count++) children.push(await addDevice(attacker.id));
    const victim = await addDevice();
    for (let count = 0; count < 140; count++) {
      const { id } = children[count % 20] ?? attacker;
      dial({ via: "session", device: id });
    }
    expect(leg.size).toBe(MAX_HANDSHAKES_PER_FAMILY);
    const { seen } = await openAs(victim);
    const { route = "", secret = new Uint8Array(16) } = offers.view.link ?? {};
    const { id } = await pair(
      { route, secret },
      staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend)),
    );
    await turns();
    expect(seen.close).toBeUndefined();
    expect(devices.get(id)).toBeDefined();
  });

  it("that completed a handshake with a forged first message end as well, and changed nothing", async () => {
    const { clock, dial, leg, addDevice, devices, events } = await channelWorld();
    const { key, id } = await addDevice();
    const before = devices.get(id);
    clock.advance(1000);
    const link = dial({ via: "session", device: id });
    const opened = await openSession({
      link,
      backend,
      clock,
      deviceKey: key,
      nodePublicKey: nodeKey.publicKey,
    });
    expect(opened.ok).toBe(true);
    clock.advance(10_000);
    await turns();
    expect(leg.size).toBe(0);
    expect(devices.get(id)).toEqual(before);
    expect(events).toEqual([]);
  });

  it("for an offer that is not there are refused", async () => {
    const { dial, texts } = await channelWorld();
    dial({ via: "offer", route: "ZZZZ" });
    expect(texts).toEqual(['{"type":"channel_close","channel":1,"code":4410}']);
  });

  it("drain after 23 hours, and end when the last stream has", async () => {
    const { clock, addDevice, connect } = await channelWorld();
    const { key } = await addDevice();
    const { muxer, seen } = await connect(key);
    const open = muxer.openStream({ method: "GET", path: "/open", headers: [], end: true }, NOTHING);
    if (typeof open === "string") throw new Error(open);
    await turns();
    clock.advance(DRAIN_AFTER_MS - 20_000);
    await turns();
    expect(seen.draining).toBe(false);
    clock.advance(20_000);
    await turns();
    expect(seen.draining).toBe(true);
    expect(seen.close).toBeUndefined();
    open.reset("cancelled");
    await turns();
    expect(seen.close).toMatchObject({ code: "bye", by: "peer" });
  });

  it("count by the node's clock what a client may send, also when that clock is set back", async () => {
    const { clock, addDevice, connect } = await channelWorld();
    const { key } = await addDevice();
    const { muxer, seen } = await connect(key);
    const ping = async (count: number) => {
      for (let sent = 0; sent < count; sent++) void muxer.ping(60_000);
      await turns();
    };
    // So many at once, then so many a second.
    await ping(64);
    clock.advance(1000);
    await ping(32);
    clock.advance(-3_600_000);
    muxer.sendControl({ type: "anything" });
    await turns();
    clock.advance(1000);
    await ping(32);
    expect(seen.close).toBeUndefined();
    await ping(1);
    expect(seen.close).toMatchObject({ code: "busy", by: "peer" });
  });

  it("of one device: the seventeenth is refused while all are busy", async () => {
    const { addDevice, connect } = await channelWorld();
    const { key } = await addDevice();
    const busy = [];
    for (let count = 0; count < MAX_CHANNELS_PER_DEVICE; count++) {
      const one = await connect(key);
      one.muxer.openStream({ method: "GET", path: "/open", headers: [], end: true }, NOTHING);
      busy.push(one);
    }
    await turns();
    const more = await connect(key);
    await turns();
    expect(more.seen.close).toMatchObject({ code: "busy" });
    expect(busy.every(({ seen }) => seen.close === undefined)).toBe(true);
  });

  it("that pair and do not confirm in time end, and nothing is stored", async () => {
    const { clock, offers, dial, devices } = await channelWorld();
    const { route = "", secret = new Uint8Array(16) } = offers.view.link ?? {};
    const paired = await pairByLink({
      link: dial({ via: "offer", route }),
      backend,
      clock,
      deviceKey: staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend)),
      offer: { route, secret, nodePublicKey: nodeKey.publicKey },
      payload: encodePairRequest({ name: "x", client: "y" }),
    });
    if (!paired.ok) throw new Error(paired.failure);
    const { seen } = muxOver(paired.channel);
    await turns();
    clock.advance(CONFIRM_TIMEOUT_MS);
    await turns();
    expect(seen.close).toMatchObject({ code: "protocol", by: "peer" });
    expect(devices.list()).toEqual([]);
  });

  it("that pair with junk burn nothing, and the link still works", async () => {
    const { clock, offers, dial, devices } = await channelWorld();
    const { route = "", secret = new Uint8Array(16) } = offers.view.link ?? {};
    const attempt = (offered: Uint8Array) =>
      pairByLink({
        link: dial({ via: "offer", route }),
        backend,
        clock,
        deviceKey: staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend)),
        offer: { route, secret: offered, nodePublicKey: nodeKey.publicKey },
        payload: encodePairRequest({ name: "x", client: "y" }),
      });
    for (let times = 0; times < 5; times++) {
      // Nobody tells this client that it was refused, as a lying relay would not.
      void attempt(backend.randomBytes(16));
      await turns(5);
    }
    expect(offers.view.link?.route).toBe(route);
    const good = await attempt(secret);
    expect(good.ok).toBe(true);
    expect(devices.list()).toEqual([]);
  });
});
