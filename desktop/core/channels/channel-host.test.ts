import { describe, expect, it } from "vitest";
import { createCryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { openSession } from "#shared/crypto/open-session.ts";
import { pairByLink } from "#shared/crypto/pair.ts";
import type { Link, LinkListener } from "#shared/link.ts";
import type { ChannelClose } from "#shared/mux/channel-close.ts";
import { createClientMuxer } from "#shared/mux/create-muxer.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { encodePairRequest } from "#shared/protocol/v2/pairing-messages.ts";
import type { Frame } from "../connector/relay-link.ts";
import { loadDevices } from "../devices/device-registry.ts";
import { OfferBook } from "../pairing/offer-book.ts";
import { PairingDesk } from "../pairing/pairing-desk.ts";
import { memorySecrets } from "../secrets/memory.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { ChannelHost, MAX_CHANNELS_PER_DEVICE, MAX_HANDSHAKES } from "./channel-host.ts";
import { ChannelLeg } from "./channel-leg.ts";
import { CONFIRM_TIMEOUT_MS, DRAIN_AFTER_MS } from "./device-channel.ts";

const backend = createCryptoBackend();
const nodeKey = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));

/** The relay's side of one node socket, in memory and under a clock that stands still. */
async function setUp() {
  const clock = fakeClock();
  const devices = await loadDevices({
    store: memorySecrets(),
    clock,
    randomBytes: backend.randomBytes,
    expiryMs: 1e12,
    onStoreError: () => undefined,
  });
  const offers = new OfferBook({
    clock,
    randomBytes: backend.randomBytes,
    sha256: backend.sha256,
    ttlMs: 120_000,
    plaintext: { allowed: () => false },
    changed: () => undefined,
  });
  offers.connected(() => undefined);
  offers.registered([]);
  const events: { kind: string }[] = [];
  const host = new ChannelHost({
    backend,
    clock,
    nodeKey,
    nodeName: () => "desk",
    devices,
    offers,
    desk: new PairingDesk({ devices, clock, asks: () => false, event: (event) => events.push(event) }),
    serve: (stream) => {
      queueMicrotask(() =>
        stream.respond({ status: 200, headers: [], end: stream.request.path !== "/open" }),
      );
      return {
        data: () => undefined,
        end: () => undefined,
        reset: () => undefined,
        writable: () => undefined,
      };
    },
    paired: () => undefined,
    event: (event) => events.push(event),
  });
  const texts: string[] = [];
  const clients = new Map<number, LinkListener<Uint8Array>>();
  const leg = new ChannelLeg({
    link: {
      queuedBytes: 0,
      send(frame: Frame) {
        if (typeof frame === "string") texts.push(frame);
        else {
          const number = new DataView(frame.buffer, frame.byteOffset).getUint32(0);
          // As over a socket: in a later turn.
          setImmediate(() => clients.get(number)?.message(frame.subarray(4)));
        }
      },
    },
  });
  let last = 0;
  /** A client's link, as the relay joins it to a channel. */
  const dial = (
    via: { via: "session"; device: string } | { via: "offer"; route: string },
  ): Link<Uint8Array> => {
    last += 1;
    const number = last;
    host.open(leg, { type: "channel_open", channel: number, peer: "192.0.2.1", ...via }, 8 * 1024 * 1024);
    return {
      queuedBytes: 0,
      send(frame) {
        const message = Buffer.alloc(4 + frame.length);
        message.writeUInt32BE(number);
        message.set(frame, 4);
        setImmediate(() => leg.receive(message));
      },
      close: () => leg.closedByRelay(number),
      listen: (listener) => void clients.set(number, listener),
    };
  };
  const addDevice = async (): Promise<{ key: StaticKey; id: string }> => {
    const key = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
    const id = devices.freshId();
    const routeTokenHash = encodeBase64Url(backend.randomBytes(32));
    await devices.add(id, { publicKey: key.publicKey, name: "x", routeTokenHash });
    return { key, id };
  };
  const connect = async (key: StaticKey) => {
    const link = dial({ via: "session", device: "x" });
    const result = await openSession({
      link,
      backend,
      clock,
      deviceKey: key,
      nodePublicKey: nodeKey.publicKey,
    });
    if (!result.ok) throw new Error(result.failure);
    return muxOver(result.channel);
  };
  return { clock, devices, offers, host, events, texts, leg, dial, addDevice, connect };
}

function muxOver(link: Link<Uint8Array>) {
  const controls: ControlMessage[] = [];
  const seen: { close?: ChannelClose; draining: boolean } = { draining: false };
  const muxer = createClientMuxer({
    link,
    handlers: {
      control: (message) => controls.push(message),
      draining: () => {
        seen.draining = true;
      },
      closed: (close) => {
        seen.close = close;
      },
    },
  });
  muxer.start();
  muxer.sendControl({ type: "hello", features: [] });
  return { muxer, controls, seen };
}

async function turns(count = 30): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const NOTHING = {
  data: () => undefined,
  end: () => undefined,
  reset: () => undefined,
  writable: () => undefined,
};

describe("channels", () => {
  it("whose client says nothing end after ten seconds, and do not count any more", async () => {
    const { clock, dial, texts, leg } = await setUp();
    for (let count = 0; count < MAX_HANDSHAKES; count++) dial({ via: "session", device: "x" });
    expect(leg.size).toBe(MAX_HANDSHAKES);
    dial({ via: "session", device: "x" });
    expect(leg.size).toBe(MAX_HANDSHAKES);
    expect(texts).toEqual([`{"type":"channel_close","channel":${MAX_HANDSHAKES + 1},"code":4429}`]);
    clock.advance(10_000);
    await turns();
    expect(leg.size).toBe(0);
    dial({ via: "session", device: "x" });
    expect(leg.size).toBe(1);
  });

  it("that completed a handshake with a forged first message end as well, and changed nothing", async () => {
    const { clock, dial, leg, addDevice, devices, events } = await setUp();
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
    const { dial, texts } = await setUp();
    dial({ via: "offer", route: "ZZZZ" });
    expect(texts).toEqual(['{"type":"channel_close","channel":1,"code":4410}']);
  });

  it("drain after 23 hours, and end when the last stream has", async () => {
    const { clock, addDevice, connect } = await setUp();
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

  it("of one device: the seventeenth is refused while all are busy", async () => {
    const { addDevice, connect } = await setUp();
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
    const { clock, offers, dial, devices } = await setUp();
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
    const { clock, offers, dial, devices } = await setUp();
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
