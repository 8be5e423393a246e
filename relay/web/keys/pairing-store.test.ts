import { describe, expect, it } from "vitest";
import { nodeIdFromPublicKey } from "#shared/crypto/node-identity.ts";
import type { Database } from "./database.ts";
import {
  createPairingStore,
  decodeStoredPairing,
  MAX_LABEL_LENGTH,
  type StoredPairing,
} from "./pairing-store.ts";

/** A database that keeps what it is given. */
function memoryDatabase(items = new Map<string, { readonly id: string }>()): Database {
  return {
    all: async () => [...items.values()],
    put: async (item) => void items.set(item.id, item),
    replace: async (item, without) => {
      for (const id of without) items.delete(id);
      items.set(item.id, item);
    },
    change: async (id, change) => {
      const changed = items.has(id) ? change(items.get(id)) : undefined;
      if (changed !== undefined) items.set(id, changed);
      return changed !== undefined;
    },
    delete: async (id) => void items.delete(id),
    close: () => undefined,
  };
}

function pairing(id: string, status: "pending" | "active", node = 1): StoredPairing {
  return {
    id,
    pairedAt: Number(id),
    key: { kind: "readable", privateKey: new Uint8Array(32).fill(Number(id)) },
    record: {
      relayUrl: "https://relay.example",
      nodeId: nodeIdFromPublicKey(new Uint8Array(32).fill(node)),
      nodeName: "Studio PC",
      deviceId: `device-${id}`,
      routeToken: "A".repeat(43),
      status,
    },
  };
}

const ids = async (store: ReturnType<typeof createPairingStore>) =>
  (await store.list()).pairings.map(({ id }) => id);

describe("the store of pairings", () => {
  it("gives back what it was given, the oldest first", async () => {
    const store = createPairingStore({ database: memoryDatabase() });
    await store.put(pairing("2", "active", 2));
    await store.put(pairing("1", "active", 1));
    expect((await store.list()).pairings).toEqual([pairing("1", "active", 1), pairing("2", "active", 2)]);
  });

  it("has one active pairing with a PC, and keeps the old one until the new one is confirmed", async () => {
    const store = createPairingStore({ database: memoryDatabase() });
    await store.put(pairing("1", "active"));
    await store.put(pairing("2", "pending"));
    expect(await ids(store)).toEqual(["1", "2"]);
    await store.put(pairing("2", "active"));
    expect(await ids(store)).toEqual(["2"]);
  });

  it("changes nothing that was deleted meanwhile", async () => {
    const store = createPairingStore({ database: memoryDatabase() });
    await store.put(pairing("1", "active"));
    await store.delete("1");
    expect(await store.change("1", (old) => ({ ...old, label: "back again" }))).toBe(false);
    expect(await ids(store)).toEqual([]);
  });

  it("leaves what it does not understand alone, and counts it", async () => {
    const items = new Map<string, { readonly id: string }>([["x", { id: "x" }]]);
    const store = createPairingStore({ database: memoryDatabase(items) });
    await store.put(pairing("1", "active"));
    expect(await store.list()).toMatchObject({ damaged: 1, pairings: [{ id: "1" }] });
    expect(items.has("x")).toBe(true);
  });

  it("leaves nothing of a probe, and does not show one that was left", async () => {
    const items = new Map<string, { readonly id: string }>([["probe", { id: "probe" }]]);
    const store = createPairingStore({ database: memoryDatabase(items) });
    expect(await store.list()).toEqual({ pairings: [], damaged: 0 });
    await store.probe(pairing("1", "active").key);
    expect(items.size).toBe(0);
  });
});

describe("a stored pairing", () => {
  it("is cut where its name is too long, and keeps one that just fits", () => {
    const long = { ...pairing("1", "active"), label: "x".repeat(MAX_LABEL_LENGTH + 1) };
    expect(decodeStoredPairing(long)?.label).toBe("x".repeat(MAX_LABEL_LENGTH));
    const fits = { ...pairing("1", "active"), label: "x".repeat(MAX_LABEL_LENGTH) };
    expect(decodeStoredPairing(fits)).toEqual(fits);
  });

  it.each([
    undefined,
    "text",
    { ...pairing("1", "active"), id: 1 },
    { ...pairing("1", "active"), record: {} },
    { ...pairing("1", "active"), key: undefined },
    { ...pairing("1", "active"), pairedAt: Number.NaN },
  ])("that is not whole is none: %#", (value) => {
    expect(decodeStoredPairing(value)).toBeUndefined();
  });
});
