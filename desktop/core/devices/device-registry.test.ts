import { describe, expect, it } from "vitest";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { memorySecrets } from "../secrets/memory.ts";
import { MAX_SECRET_BYTES, type SecretStore, SecretsError } from "../secrets/secret-store.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { type Device, decodeDevice, encodeDevice } from "./device.ts";
import { LAST_SEEN_LAG_MS, loadDevices, MAX_DEVICES } from "./device-registry.ts";
import { MAX_APPS_PER_DEVICE } from "./lineage.ts";

const DAY_MS = 86_400_000;

function bytes(seed: number): Uint8Array {
  const out = new Uint8Array(32);
  new DataView(out.buffer).setUint32(0, seed);
  return out;
}

interface Extra {
  readonly name?: string;
  readonly parent?: string;
  readonly app?: boolean;
}

function made(seed: number, extra: Extra = {}) {
  return {
    publicKey: bytes(seed),
    name: extra.name ?? `phone ${seed}`,
    routeTokenHash: encodeBase64Url(bytes(seed + 1_000_000)),
    ...(extra.parent !== undefined && { parent: extra.parent }),
    ...(extra.app !== undefined && { app: extra.app }),
  };
}

/** A store whose writes can be made to fail, and that counts them. */
function watched(store: SecretStore = memorySecrets()) {
  const state = { writes: 0, failing: false };
  const check = () => {
    if (state.failing) throw new SecretsError("store_failed", "the disk is full");
    state.writes += 1;
  };
  const watching: SecretStore = {
    ...store,
    kind: store.kind,
    set: async (name, secret) => {
      check();
      return store.set(name, secret);
    },
    delete: async (name) => {
      check();
      return store.delete(name);
    },
  };
  return { state, store: watching };
}

async function setUp(extra: { store?: SecretStore } = {}) {
  const clock = fakeClock();
  let counter = 0;
  const errors: unknown[] = [];
  const gone: string[] = [];
  const trusted = { clock: true };
  const { state, store } = watched(extra.store);
  const options = {
    store,
    clock,
    randomBytes: (length: number) => {
      counter += 1;
      const out = new Uint8Array(length);
      new DataView(out.buffer).setUint32(0, counter);
      return out;
    },
    expiryMs: 30 * DAY_MS,
    clockIsPlausible: () => trusted.clock,
    onStoreError: (error: unknown) => errors.push(error),
    appForgotten: async (id: string) => void gone.push(id),
  };
  const devices = await loadDevices(options);
  const pair = async (seed: number, more: Extra = {}): Promise<Device> => {
    const device = await devices.add(devices.freshId(), made(seed, more));
    if (typeof device === "string") throw new Error(device);
    return device;
  };
  return { clock, trusted, store, state, devices, pair, errors, gone, reload: () => loadDevices(options) };
}

describe("paired devices", () => {
  it("are found by their key, after a restart too", async () => {
    const { pair, devices, reload } = await setUp();
    const phone = await pair(1, { name: " Ann's\u202e phone " });
    expect(phone.name).toBe("Ann's phone");
    expect(devices.findByKey(bytes(1))).toEqual(phone);
    expect(devices.findByKey(bytes(2))).toBeUndefined();
    const again = await reload();
    expect(again.findByKey(bytes(1))).toEqual(phone);
    expect(again.damaged).toEqual([]);
  });

  it("fit the smallest keychain with the longest name there is", async () => {
    const { pair, store } = await setUp();
    const { id } = await pair(1, { name: "\u{1F98A}".repeat(64) });
    const item = await store.get(`device-${id}`);
    expect(Buffer.byteLength(item ?? "")).toBeLessThan(MAX_SECRET_BYTES);
    expect(item).not.toBe("");
  });

  it("that cannot be read are reported, kept as they are, and let nobody in", async () => {
    const { pair, store, reload } = await setUp();
    const phone = await pair(1);
    await store.set("device-aaaaaaaa", "{broken");
    await store.set("device-bbbbbbbb", encodeDevice({ ...phone, id: "cccccccc" }));
    await store.set("device-dddddddd", encodeDevice({ ...phone, id: "dddddddd" }));
    const again = await reload();
    expect(again.list()).toEqual([phone]);
    expect(again.damaged).toEqual(["device-aaaaaaaa", "device-bbbbbbbb", "device-dddddddd"]);
    expect(await store.get("device-aaaaaaaa")).toBe("{broken");
  });

  it("are forgotten with all they let in, at once and in the store", async () => {
    const { pair, devices, reload, store } = await setUp();
    const phone = await pair(1);
    const child = await pair(2, { parent: phone.id });
    const grandchild = await pair(3, { parent: child.id });
    const other = await pair(4);
    expect(devices.lineage(grandchild.id).map((one) => one.id)).toEqual([grandchild.id, child.id, phone.id]);
    const { removed, stored } = devices.remove(phone.id);
    expect(removed.map((one) => one.id).sort()).toEqual([phone.id, child.id, grandchild.id].sort());
    expect(devices.findByKey(bytes(3))).toBeUndefined();
    await stored;
    expect((await reload()).list()).toEqual([other]);
    expect(await store.list()).toEqual([`device-${other.id}`]);
  });

  it("cannot be let in by one that is gone", async () => {
    const { devices } = await setUp();
    expect(await devices.add("aaaaaaaa", made(1, { parent: "bbbbbbbb" }))).toBe("parent_gone");
  });

  it("whose removal the store refuses are out all the same, and removed from it later", async () => {
    const { pair, devices, state, reload } = await setUp();
    const phone = await pair(1);
    state.failing = true;
    const { stored } = devices.remove(phone.id);
    await expect(stored).rejects.toMatchObject({ code: "store_failed" });
    expect(devices.findByKey(bytes(1))).toBeUndefined();
    state.failing = false;
    await devices.flush();
    expect((await reload()).list()).toEqual([]);
  });

  it("that cannot be stored are not paired", async () => {
    const { devices, state } = await setUp();
    state.failing = true;
    await expect(devices.add("aaaaaaaa", made(1))).rejects.toMatchObject({ code: "store_failed" });
    expect(devices.findByKey(bytes(1))).toBeUndefined();
    expect(devices.list()).toEqual([]);
  });

  it("expire when unused, and not a moment before", async () => {
    const { pair, devices, clock } = await setUp();
    const phone = await pair(1);
    clock.advance(30 * DAY_MS - 1);
    expect(devices.findByKey(bytes(1))).toMatchObject({ id: phone.id });
    expect(devices.removeExpired().removed).toEqual([]);
    clock.advance(1);
    expect(devices.findByKey(bytes(1))).toBeUndefined();
    expect(devices.removeExpired().removed.map((one) => one.id)).toEqual([phone.id]);
  });

  it("stay when they are used, and so does the parent of one that is", async () => {
    const { pair, devices, clock } = await setUp();
    const parent = await pair(1);
    const child = await pair(2, { parent: parent.id });
    clock.advance(20 * DAY_MS);
    devices.seen(child.id);
    clock.advance(20 * DAY_MS);
    expect(devices.removeExpired().removed).toEqual([]);
    expect(devices.findByKey(bytes(1))).toMatchObject({ id: parent.id });
  });

  it("are not written on each use", async () => {
    const { pair, devices, clock, state, reload } = await setUp();
    const phone = await pair(1);
    const before = state.writes;
    clock.advance(LAST_SEEN_LAG_MS - 1);
    for (let times = 0; times < 100; times++) devices.seen(phone.id);
    expect(state.writes).toBe(before);
    clock.advance(1);
    devices.seen(phone.id);
    await devices.flush();
    expect(state.writes).toBe(before + 1);
    expect((await reload()).get(phone.id)?.lastSeen).toBe(clock.now());
  });

  it("do not come back through a late write", async () => {
    const { pair, devices, clock, store } = await setUp();
    const phone = await pair(1);
    clock.advance(LAST_SEEN_LAG_MS);
    devices.seen(phone.id);
    await devices.remove(phone.id).stored;
    await devices.flush();
    expect(await store.list()).toEqual([]);
  });

  it("keep their new name and their read-only mark", async () => {
    const { pair, devices, reload } = await setUp();
    const phone = await pair(1);
    await devices.rename(phone.id, "Ben\n");
    await devices.setReadOnly(phone.id, true);
    expect((await reload()).get(phone.id)).toMatchObject({ name: "Ben", readOnly: true });
    await devices.setReadOnly(phone.id, false);
    expect((await reload()).get(phone.id)?.readOnly).toBeUndefined();
    expect(await devices.rename("zzzzzzzz", "x")).toBeUndefined();
  });

  it("do not pair again with the same key, in whose way ever, also at the same moment", async () => {
    const { pair, devices } = await setUp();
    const both = await Promise.all([1, 1].map((seed) => devices.add(devices.freshId(), made(seed))));
    const [first] = devices.list();
    expect(both).toEqual([first, "known_key"]);
    await devices.setReadOnly(first?.id ?? "", true);
    expect(await devices.add(devices.freshId(), made(1))).toBe("known_key");
    expect(await devices.add(devices.freshId(), made(1, { parent: first?.id ?? "" }))).toBe("known_key");
    expect(devices.list()).toMatchObject([{ id: first?.id, readOnly: true }]);
    await devices.remove(first?.id ?? "").stored;
    await pair(1);
  });

  it("are not forgotten by a clock that cannot be believed, and come back when it is put right", async () => {
    const { pair, devices, clock, trusted } = await setUp();
    await pair(1);
    trusted.clock = false;
    clock.advance(30 * DAY_MS - 1);
    expect(devices.findByKey(bytes(1))).toMatchObject({ name: "phone 1" });
    clock.advance(1);
    expect(devices.findByKey(bytes(1))).toBe("not_now");
    expect(devices.findByKey(bytes(2))).toBeUndefined();
    expect(devices.removeExpired().removed).toEqual([]);
  });

  it("number a thousand and no more", async () => {
    const { pair, devices } = await setUp();
    for (let seed = 1; seed <= MAX_DEVICES; seed++) await pair(seed);
    expect(await devices.add(devices.freshId(), made(MAX_DEVICES + 1))).toBe("full");
    await devices.remove(devices.list()[0]?.id ?? "").stored;
    await pair(MAX_DEVICES + 1);
  });
});

describe("web apps of a device", () => {
  it("are a part of it for its owner, let nobody in, and are web apps after a restart too", async () => {
    const { pair, devices, reload } = await setUp();
    const phone = await pair(1);
    const app = await pair(2, { parent: phone.id, app: true });
    for (const registry of [devices, await reload()]) {
      expect([registry.mayLetIn(phone.id), registry.mayLetIn(app.id)]).toEqual([true, false]);
      expect([registry.ownerSees(phone.id), registry.ownerSees(app.id)]).toEqual([phone.id, phone.id]);
      expect(registry.refusal(made(3, { parent: app.id }))).toBe("too_deep");
    }
  });

  it("leave nothing behind, whichever way they go", async () => {
    const { pair, devices, gone } = await setUp();
    const phone = await pair(1);
    const first = await pair(2, { parent: phone.id, app: true });
    const second = await pair(3, { parent: phone.id, app: true });
    await devices.remove(first.id).stored;
    await devices.remove(phone.id).stored;
    expect(gone).toEqual([first.id, second.id]);
  });

  it("are eight, and the ones that were not used for longest are too many", async () => {
    const { pair, devices, clock } = await setUp();
    const phone = await pair(1);
    await pair(2, { parent: phone.id });
    const apps: Device[] = [];
    for (let count = 0; count < MAX_APPS_PER_DEVICE; count += 1) {
      clock.advance(1_000);
      apps.push(await pair(3 + count, { parent: phone.id, app: true }));
    }
    clock.advance(1_000);
    devices.seen(apps[0]?.id ?? "");
    expect(devices.surplusApps(phone.id)).toEqual([]);
    await pair(100, { parent: phone.id, app: true });
    expect(devices.surplusApps(phone.id).map(({ id }) => id)).toEqual([apps[1]?.id]);
  });
});

describe("a stored device", () => {
  const good: Device = {
    id: "abcdefg2",
    publicKey: bytes(1),
    name: "phone",
    created: 1,
    lastSeen: 2,
    routeTokenHash: encodeBase64Url(bytes(2)),
    parent: "abcdefg3",
    readOnly: true,
    app: true,
  };

  it("reads as it was written", () => expect(decodeDevice(encodeDevice(good))).toEqual(good));

  it.each([
    "",
    "null",
    "[]",
    encodeDevice(good).slice(0, -1),
    encodeDevice(good).replace('"v":1', '"v":2'),
    encodeDevice(good).replace('"read_only":true', '"read_only":"true"'),
    encodeDevice(good).replace('"app":true', '"app":1'),
    encodeDevice(good).replace('"parent":"abcdefg3",', ""),
    encodeDevice(good).replace('"name":"phone"', '"name":"a\\u202eb"'),
    encodeDevice({ ...good, created: -1 }),
    encodeDevice({ ...good, lastSeen: 1.5 }),
    encodeDevice({ ...good, id: "ABCDEFG2" }),
    encodeDevice({ ...good, parent: "x" }),
    encodeDevice({ ...good, publicKey: new Uint8Array(31) }),
    encodeDevice({ ...good, routeTokenHash: "x" }),
  ])("in another form is damaged (%#)", (text) => expect(decodeDevice(text)).toBeUndefined());
});
