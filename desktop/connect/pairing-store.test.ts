import { describe, expect, it } from "vitest";
import type { PairingRecord } from "#shared/client/pairing-record.ts";
import { MAX_RELAY_URL_LENGTH } from "#shared/protocol/relay-url.ts";
import { memorySecrets } from "../core/secrets/memory.ts";
import { MAX_SECRET_BYTES } from "../core/secrets/secret-store.ts";
import { isUsableName, pairingStore, slugOf } from "./pairing-store.ts";

const record: PairingRecord = {
  relayUrl: "https://relay.example",
  nodeId: "a".repeat(52),
  nodeName: "studio",
  deviceId: "d1",
  routeToken: "A".repeat(43),
  status: "active",
};
const privateKey = Uint8Array.from({ length: 32 }, (_, at) => at);

describe("remembered PCs", () => {
  it("come back as they were stored, by any spelling of their name", async () => {
    const store = pairingStore(memorySecrets());
    const pc = { name: "Büro PC", record, privateKey };
    await store.save(pc);
    for (const name of ["Büro PC", "buro-pc", " BURO_PC "]) expect(await store.find(name)).toEqual(pc);
    expect(await store.find("buro")).toBeUndefined();
    expect(await store.list()).toEqual({ pcs: [pc], damaged: [] });
    expect(await store.forget("Buro PC")).toBe(true);
    expect(await store.forget("Buro PC")).toBe(false);
    expect(await store.find("Büro PC")).toBeUndefined();
  });

  it("leave the node's items alone", async () => {
    const secrets = memorySecrets();
    await secrets.set("node-key", "x");
    const store = pairingStore(secrets);
    await store.save({ name: "a", record, privateKey });
    expect((await store.list()).pcs).toHaveLength(1);
    expect(await store.find("node-key")).toBeUndefined();
    expect(await secrets.list()).toEqual(["connect-a", "node-key"]);
  });

  it("are never asked for by what may be a secret", async () => {
    const secrets = memorySecrets();
    const asked: string[] = [];
    const get = (name: string) => {
      asked.push(name);
      return secrets.get(name);
    };
    const watching = { ...secrets, get };
    expect(await pairingStore(watching).find("K7QX-ABCD")).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it("fit the smallest of keychains", async () => {
    const secrets = memorySecrets();
    const long = "\u{1f4bb}a".repeat(33);
    expect(isUsableName(long)).toBe(true);
    const relayUrl = `https://${"a".repeat(60)}.example/`.padEnd(MAX_RELAY_URL_LENGTH, "b");
    const big = { ...record, relayUrl, nodeName: "\u{1f4bb}".repeat(50), deviceId: "d".repeat(64) };
    await pairingStore(secrets).save({ name: long, record: big, privateKey });
    const [item = ""] = await secrets.list();
    expect(Buffer.byteLength((await secrets.get(item)) ?? "")).toBeLessThanOrEqual(MAX_SECRET_BYTES);
    expect((await pairingStore(secrets).list()).pcs).toHaveLength(1);
  });

  it.each([
    ["no JSON", "nonsense"],
    ["another version", { v: 2 }],
    ["no name", { name: 7 }],
    ["a short key", { key: "AAAA" }],
    ["no key", { key: undefined }],
    ["a node id that is none", { nodeId: "b".repeat(52) }],
    ["a token that is none", { routeToken: "short" }],
    ["a relay that is none", { relayUrl: "javascript:alert(1)" }],
    ["a status from the future", { status: "maybe" }],
    ["a device id that is none", { deviceId: "a b" }],
  ])("with %s are damaged, named, and kept", async (_, change) => {
    const secrets = memorySecrets();
    const store = pairingStore(secrets);
    await store.save({ name: "a", record, privateKey });
    const stored: object = JSON.parse((await secrets.get("connect-a")) ?? "");
    const text = typeof change === "string" ? change : JSON.stringify({ ...stored, ...change });
    await secrets.set("connect-a", text);
    await expect(store.find("a")).rejects.toMatchObject({ code: "damaged" });
    expect(await store.list()).toEqual({ pcs: [], damaged: ["a"] });
    expect(await secrets.get("connect-a")).toBe(text);
  });
});

describe("names", () => {
  it.each([
    ["Studio", "studio"],
    ["Kim’s MacBook Pro", "kim-s-macbook-pro"],
    ["  a__b  ", "a-b"],
    ["Ünïcödé", "unicode"],
    ["東京", ""],
  ])("%s is filed as %j", (name, slug) => expect(slugOf(name)).toBe(slug));

  it.each(["", "…", "list", "Forget", "x".repeat(101)])("%j is none", (name) => {
    expect(isUsableName(name)).toBe(false);
  });
});
