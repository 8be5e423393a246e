import { describe, expect, it } from "vitest";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { memorySecrets } from "../secrets/memory.ts";
import { loadNodeKey, makeNodeKey, readNodeKey } from "./node-key.ts";

const backend = createCryptoBackend();

describe("the node's key", () => {
  it("is made once and found again", async () => {
    const store = memorySecrets();
    expect(await readNodeKey({ store, backend })).toBeUndefined();
    const first = await loadNodeKey({ store, backend });
    const again = await loadNodeKey({ store, backend });
    expect(again.publicKey).toEqual(first.publicKey);
    expect(await store.list()).toEqual(["node_key"]);
  });

  it("is another one after a new identity was made", async () => {
    const store = memorySecrets();
    const first = await loadNodeKey({ store, backend });
    const second = await makeNodeKey({ store, backend });
    expect(second.publicKey).not.toEqual(first.publicKey);
    expect((await loadNodeKey({ store, backend })).publicKey).toEqual(second.publicKey);
  });

  it.each(["", "{", '{"v":2,"key":"AAAA"}', '{"v":1,"key":"AAAA"}', '{"v":1}', "null"])(
    "that is damaged (%j) is reported, kept, and not quoted",
    async (text) => {
      const store = memorySecrets();
      await store.set("node_key", text);
      const failed = loadNodeKey({ store, backend });
      await expect(failed).rejects.toMatchObject({ code: "damaged" });
      await expect(failed).rejects.not.toThrow(/AAAA/);
      expect(await store.get("node_key")).toBe(text);
    },
  );
});
