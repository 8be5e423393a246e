/** A channel host with everything behind it, and clients of a relay that is only memory, under a clock that stands still. */
import { createCryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { openSession } from "#shared/crypto/open-session.ts";
import { pairByLink } from "#shared/crypto/pair.ts";
import type { Link, LinkListener } from "#shared/link.ts";
import type { ChannelClose } from "#shared/mux/channel-close.ts";
import { createClientMuxer } from "#shared/mux/create-muxer.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { decodePairAnswer, encodePairRequest } from "#shared/protocol/v2/pairing-messages.ts";
import { AppDesk } from "../apps/app-desk.ts";
import { appPlace } from "../apps/app-place.ts";
import { ChannelHost } from "../channels/channel-host.ts";
import { ChannelLeg } from "../channels/channel-leg.ts";
import type { Asker } from "../channels/request-server.ts";
import type { Frame } from "../connector/relay-link.ts";
import { type CookieJars, loadCookieJars } from "../cookie-jar/cookie-jars.ts";
import { noJarFiles } from "../cookie-jar/jar-files.ts";
import { loadDevices } from "../devices/device-registry.ts";
import type { ApiState } from "../local-proxy/api-watch.ts";
import { localTarget } from "../local-proxy/local-target.ts";
import { OfferBook } from "../pairing/offer-book.ts";
import { PairingDesk } from "../pairing/pairing-desk.ts";
import { memorySecrets } from "../secrets/memory.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { fakeClock } from "./fake-clock.ts";

export const backend = createCryptoBackend();
export const nodeKey = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));

/** Unused for this long, a device expires. */
export const EXPIRY_MS = 30 * 86_400_000;

export interface ChannelWorldOptions {
  readonly store?: SecretStore;
  /** Also whether the owner is asked before pairing. */
  readonly asks?: boolean;
}

export async function channelWorld({ store = memorySecrets(), asks = false }: ChannelWorldOptions = {}) {
  const clock = fakeClock();
  const trusted = { clock: true };
  const target = localTarget(new URL("http://127.0.0.1:8000"));
  let jars: CookieJars | undefined;
  const devices = await loadDevices({
    store,
    clock,
    randomBytes: backend.randomBytes,
    expiryMs: EXPIRY_MS,
    clockIsPlausible: () => trusted.clock,
    onStoreError: () => undefined,
    appForgotten: (id) => jars?.forget(id) ?? Promise.resolve(),
  });
  jars = await loadCookieJars({
    files: noJarFiles,
    store,
    clock,
    hosts: ["127.0.0.1", "localhost"],
    isApp: (id) => devices.get(id)?.app === true,
    onStoreError: () => undefined,
  });
  const api = { state: { kind: "unknown" } as ApiState };
  const apps = new AppDesk({
    clock,
    jars,
    target,
    place: () => appPlace(target, "desk"),
    api: () => api.state,
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
  const askers: Asker[] = [];
  const host = new ChannelHost({
    backend,
    clock,
    nodeKey,
    nodeName: () => "desk",
    devices,
    offers,
    desk: new PairingDesk({ devices, clock, asks: () => asks, event: (event) => events.push(event) }),
    apps,
    serve: (stream, asker) => {
      askers.push(asker);
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
  const addDevice = async (parent?: string, app = false): Promise<{ key: StaticKey; id: string }> => {
    const key = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
    const id = devices.freshId();
    const routeTokenHash = encodeBase64Url(backend.randomBytes(32));
    const added = await devices.add(id, {
      publicKey: key.publicKey,
      name: "x",
      routeTokenHash,
      ...(parent !== undefined && { parent }),
      ...(app && { app }),
    });
    if (typeof added === "string") throw new Error(added);
    return { key, id };
  };
  const connect = (key: StaticKey) => openAs({ key, id: "x" });
  const connectWith = (key: StaticKey, hello: ControlMessage) => openAs({ key, id: "x" }, hello);
  /** With the name that the relay knows the device by. */
  const openAs = async ({ key, id }: { key: StaticKey; id: string }, hello?: ControlMessage) => {
    const link = dial({ via: "session", device: id });
    const result = await openSession({
      link,
      backend,
      clock,
      deviceKey: key,
      nodePublicKey: nodeKey.publicKey,
    });
    if (!result.ok) throw new Error(result.failure);
    return muxOver(result.channel, hello);
  };
  /** Pairs to the end, by a link that is on offer. */
  const pair = async (offer: { route: string; secret: Uint8Array }, key: StaticKey) => {
    const paired = await pairByLink({
      link: dial({ via: "offer", route: offer.route }),
      backend,
      clock,
      deviceKey: key,
      offer: { ...offer, nodePublicKey: nodeKey.publicKey },
      payload: encodePairRequest({ name: "x", client: "y" }),
    });
    if (!paired.ok) throw new Error(paired.failure);
    const mux = muxOver(paired.channel);
    mux.muxer.sendControl({ type: "pair_confirm" });
    await turns();
    return { ...mux, id: decodePairAnswer(paired.payload)?.device ?? "" };
  };
  return {
    clock,
    api,
    apps,
    trusted,
    devices,
    offers,
    host,
    events,
    askers,
    texts,
    leg,
    dial,
    addDevice,
    connect,
    connectWith,
    openAs,
    pair,
  };
}

export function muxOver(link: Link<Uint8Array>, hello: ControlMessage = { type: "hello", features: [] }) {
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
  muxer.sendControl(hello);
  return { muxer, controls, seen };
}

export async function turns(count = 30): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export const NOTHING = {
  data: () => undefined,
  end: () => undefined,
  reset: () => undefined,
  writable: () => undefined,
};
