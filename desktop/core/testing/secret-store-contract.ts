/** What every secret store promises, as tests that each adapter runs. */
import { expect, it } from "vitest";
import { MAX_SECRET_BYTES, type SecretStore } from "../secrets/secret-store.ts";

export function keepsSecrets(open: () => Promise<SecretStore>): void {
  it("keeps, replaces, lists and deletes items", async () => {
    const store = await open();
    expect(await store.get("node_key")).toBeUndefined();
    await store.set("node_key", "one");
    await store.set("device-2", "zwei ✓");
    await store.set("node_key", "two");
    expect(await store.get("node_key")).toBe("two");
    expect(await store.get("device-2")).toBe("zwei ✓");
    expect(await store.list()).toEqual(["device-2", "node_key"]);
    expect(await store.delete("node_key")).toBe(true);
    expect(await store.delete("node_key")).toBe(false);
    expect(await store.get("node_key")).toBeUndefined();
    expect(await store.list()).toEqual(["device-2"]);
    await store.delete("device-2");
  });

  it("takes the largest secret that every store can hold, and refuses one byte more", async () => {
    const store = await open();
    const largest = "x".repeat(MAX_SECRET_BYTES);
    await store.set("big", largest);
    expect(await store.get("big")).toBe(largest);
    await expect(store.set("big", `${largest}x`)).rejects.toMatchObject({ code: "too_big" });
    await store.delete("big");
  });

  it("refuses names that could leave its place or fold into another", async () => {
    const store = await open();
    for (const name of ["", "../x", "a/b", "Upper", ".hidden", "a.b", "x".repeat(101)]) {
      await expect(store.get(name)).rejects.toMatchObject({ code: "bad_name" });
      await expect(store.set(name, "s")).rejects.toMatchObject({ code: "bad_name" });
      await expect(store.delete(name)).rejects.toMatchObject({ code: "bad_name" });
    }
  });
}
