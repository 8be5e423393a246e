import { describe, expect, it } from "vitest";
import { generatePrivateKey } from "#shared/crypto/backend.ts";
import { type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { decodeBase64Url } from "#shared/protocol/base64url.ts";
import { encodeDevice } from "../devices/device.ts";
import { MAX_DEVICES } from "../devices/device-registry.ts";
import { MAX_GENERATIONS } from "../devices/lineage.ts";
import { memorySecrets } from "../secrets/memory.ts";
import { type SecretStore, SecretsError } from "../secrets/secret-store.ts";
import { backend, channelWorld, EXPIRY_MS, type muxOver, turns } from "../testing/channel-world.ts";
import { Exchange } from "../testing/device-end.ts";

const freshKey = (): StaticKey => staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));

type World = Awaited<ReturnType<typeof channelWorld>>;
type Muxed = ReturnType<typeof muxOver>;

async function ask({ muxer }: Muxed) {
  const exchange = new Exchange();
  const stream = muxer.openStream({ method: "GET", path: "/", headers: [], end: true }, exchange);
  if (typeof stream === "string") return stream;
  const { status, reset } = await exchange.done;
  return reset?.code ?? status;
}

/** What a device is granted, as it hears it. */
async function granted({ offers }: World, { muxer, controls }: Muxed) {
  muxer.sendControl({ type: "grant", id: 1 });
  await turns();
  offers.registered([]);
  await turns();
  const { route, secret, error } = { ...controls.pop() };
  if (typeof route !== "string" || typeof secret !== "string") return String(error);
  return { route, secret: decodeBase64Url(secret) ?? new Uint8Array() };
}

function ownLink({ offers }: World) {
  offers.registered([]);
  const { link } = offers.view;
  if (link === undefined) throw new Error("no link");
  return link;
}

describe("a key that is paired", () => {
  it("does not pair again by a link that it asked for itself, and stays as restricted as it was", async () => {
    const world = await channelWorld();
    const { devices, addDevice, connect, pair, askers } = world;
    const { key, id } = await addDevice();
    await devices.setReadOnly(id, true);
    const old = await connect(key);
    const link = await granted(world, old);
    if (typeof link === "string") throw new Error(link);
    expect((await pair(link, key)).seen.close).toMatchObject({ code: "denied" });
    expect(devices.list().map((device) => [device.id, device.readOnly])).toEqual([[id, true]]);
    expect(await ask(old)).toBe(200);
    expect(askers.at(-1)).toMatchObject({ id, readOnly: true });
  });

  it("does not pair again by the owner's link either, and is thrown out with all its channels", async () => {
    const world = await channelWorld();
    const { host, devices, addDevice, connect, pair } = world;
    const { key, id } = await addDevice();
    const old = await connect(key);
    await turns();
    expect((await pair(ownLink(world), key)).seen.close).toMatchObject({ code: "denied" });
    host.revoke(devices.remove(id).removed.map((device) => device.id));
    expect(await ask(old)).not.toBe(200);
    await turns();
    expect(old.seen.close).toMatchObject({ code: "revoked" });
    // Then it is a stranger again, whom the owner may let in.
    expect((await pair(ownLink(world), key)).controls).toMatchObject([{ type: "paired" }]);
  });

  it("is not even asked for", async () => {
    const world = await channelWorld({ asks: true });
    const { key } = await world.addDevice();
    expect((await world.pair(ownLink(world), key)).seen.close).toMatchObject({ code: "denied" });
    expect(world.events).toEqual([]);
  });
});

describe("a device that renames itself", () => {
  it("is told with the name it had, and not when it has the name already or is a web app", async () => {
    const { addDevice, connect, clock, devices, events } = await channelWorld();
    const phone = await addDevice();
    const app = await addDevice(phone.id, true);
    const [{ muxer }, foreign] = [await connect(phone.key), await connect(app.key)];
    const renamed = () => events.filter(({ kind }) => kind === "device_renamed");
    muxer.sendControl({ type: "rename", name: "Pixel of Aiko" });
    foreign.muxer.sendControl({ type: "rename", name: "Your bank" });
    await turns();
    expect(renamed()).toEqual([
      { kind: "device_renamed", before: "x", device: expect.objectContaining({ id: phone.id }) },
    ]);
    expect(devices.get(phone.id)?.name).toBe("Pixel of Aiko");
    clock.advance(10_000);
    muxer.sendControl({ type: "rename", name: "Pixel of Aiko" });
    await turns();
    expect(renamed()).toHaveLength(1);
  });
});

describe("a node that has as many devices as it can hold", () => {
  it("says so to whoever pairs, and takes the next one once there is room", async () => {
    const world = await channelWorld();
    const { devices, addDevice, pair } = world;
    for (let count = 0; count < MAX_DEVICES; count++) await addDevice();
    expect((await pair(ownLink(world), freshKey())).seen.close).toMatchObject({ code: "full", by: "peer" });
    await devices.remove(devices.list()[0]?.id ?? "").stored;
    expect((await pair(ownLink(world), freshKey())).controls).toMatchObject([{ type: "paired" }]);
  });
});

describe("a channel whose device the registry does not have", () => {
  it("is served nothing, and ends", async () => {
    const { devices, addDevice, connect, askers } = await channelWorld();
    const { key, id } = await addDevice();
    const channel = await connect(key);
    expect(await ask(channel)).toBe(200);
    // Nobody tells the host.
    await devices.remove(id).stored;
    expect(await ask(channel)).toBe("denied");
    await turns();
    expect(channel.seen.close).toMatchObject({ code: "denied", by: "peer" });
    expect(askers).toHaveLength(1);
  });

  it("ends when it came in while its device was being stored, and storing failed", async () => {
    const inner = memorySecrets();
    let fail: () => void = () => undefined;
    const store: SecretStore = {
      ...inner,
      kind: inner.kind,
      set: () =>
        new Promise((_, reject) => {
          fail = () => reject(new SecretsError("store_failed", "full"));
        }),
    };
    const world = await channelWorld({ store });
    const key = freshKey();
    const pairing = await world.pair(ownLink(world), key);
    const early = await world.connect(key);
    await turns();
    fail();
    await turns();
    expect(pairing.seen.close).toMatchObject({ code: "internal" });
    expect(early.seen.close).toMatchObject({ code: "denied" });
  });
});

describe("generations of devices", () => {
  async function generations(world: World, count: number) {
    const line = [await world.addDevice()];
    while (line.length < count) line.push(await world.addDevice(line.at(-1)?.id));
    return line;
  }

  it("end with the eighth, which lets nobody in", async () => {
    const world = await channelWorld();
    const line = await generations(world, MAX_GENERATIONS);
    const [seventh, eighth] = line.slice(-2);
    if (seventh === undefined || eighth === undefined) throw new Error("no line");
    expect(await granted(world, await world.connect(seventh.key))).toMatchObject({
      route: expect.any(String),
    });
    expect(await granted(world, await world.connect(eighth.key))).toBe("too_deep");
    await expect(world.addDevice(eighth.id)).rejects.toThrow("too_deep");
  });

  it("may all do no more than the first, and go with it", async () => {
    const world = await channelWorld();
    const line = await generations(world, MAX_GENERATIONS);
    const last = line.at(-1);
    if (last === undefined) throw new Error("no line");
    await world.devices.setReadOnly(line[0]?.id ?? "", true);
    expect(await ask(await world.connect(last.key))).toBe(200);
    expect(world.askers.at(-1)).toMatchObject({ id: last.id, readOnly: true });
    expect(world.devices.remove(line[0]?.id ?? "").removed).toHaveLength(MAX_GENERATIONS);
  });
});

describe("a device whose parent cannot be read", () => {
  it("is not let in, and nor are those it let in", async () => {
    const store = memorySecrets();
    const first = await channelWorld({ store });
    const parent = await first.addDevice();
    const child = await first.addDevice(parent.id);
    const grandchild = await first.addDevice(child.id);
    await store.set(`device-${parent.id}`, "{broken");
    const { connect, devices } = await channelWorld({ store });
    for (const { key } of [child, grandchild]) {
      const { seen } = await connect(key);
      await turns();
      expect(seen.close).toMatchObject({ code: "denied" });
    }
    // The owner can still see and remove them.
    expect(devices.remove(child.id).removed).toHaveLength(2);
  });

  it("may be its own ancestor in a store that somebody changed, and is not let in either", async () => {
    const store = memorySecrets();
    const first = await channelWorld({ store });
    const left = await first.addDevice();
    const right = await first.addDevice(left.id);
    const record = first.devices.get(left.id);
    if (record === undefined) throw new Error("not there");
    await store.set(`device-${left.id}`, encodeDevice({ ...record, parent: right.id }));
    const { connect, devices } = await channelWorld({ store });
    const { seen } = await connect(left.key);
    await turns();
    expect(seen.close).toMatchObject({ code: "denied" });
    devices.seen(left.id);
    expect(devices.remove(left.id).removed).toHaveLength(2);
  });
});

describe("a device that was not used for a month", () => {
  it("is forgotten when the clock can be believed, and told to come later when it cannot", async () => {
    const { clock, trusted, devices, addDevice, connect } = await channelWorld();
    const { key } = await addDevice();
    clock.advance(EXPIRY_MS);
    trusted.clock = false;
    const early = await connect(key);
    await turns();
    expect(early.seen.close).toMatchObject({ code: "busy" });
    expect(devices.removeExpired().removed).toEqual([]);
    trusted.clock = true;
    const late = await connect(key);
    await turns();
    expect(late.seen.close).toMatchObject({ code: "denied" });
    expect(devices.removeExpired().removed).toHaveLength(1);
  });
});
