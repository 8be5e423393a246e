import { describe, expect, it } from "vitest";
import { memorySecrets } from "../secrets/memory.ts";
import { loadOwnerHeaders, MAX_HEADER_VALUE_LENGTH, MAX_OWNER_HEADERS } from "./owner-headers.ts";

describe("the owner's headers", () => {
  it("are added to requests, and replace a client's own in any spelling", async () => {
    const headers = await loadOwnerHeaders(memorySecrets());
    expect(await headers.set("X-Ora-Token", "secret")).toBeUndefined();
    expect(headers.apply([["a", "b"]])).toEqual([
      ["a", "b"],
      ["X-Ora-Token", "secret"],
    ]);
    const forged: [string, string][] = [
      ["x-ora-token", "mine"],
      ["X_ORA_TOKEN", "mine"],
      ["x-ora-tokens", "other"],
    ];
    expect(headers.apply(forged)).toEqual([
      ["x-ora-tokens", "other"],
      ["X-Ora-Token", "secret"],
    ]);
  });

  it("let a client's header pass when the owner has set none", async () => {
    const headers = await loadOwnerHeaders(memorySecrets());
    expect(headers.apply([["x-ora-token", "mine"]])).toEqual([["x-ora-token", "mine"]]);
  });

  it("come back after a restart, and are gone when removed", async () => {
    const store = memorySecrets();
    const headers = await loadOwnerHeaders(store);
    await headers.set("X-Key", "caf\xe9");
    const again = await loadOwnerHeaders(store);
    expect(again.names()).toEqual(["X-Key"]);
    expect(again.apply([])).toEqual([["X-Key", "caf\xe9"]]);
    expect(await again.remove("x-key")).toBe(true);
    expect(await again.remove("x-key")).toBe(false);
    expect((await loadOwnerHeaders(store)).names()).toEqual([]);
  });

  it.each([
    ["", "v", "bad_name"],
    ["a b", "v", "bad_name"],
    ["a".repeat(47), "v", "bad_name"],
    ["Host", "v", "reserved_name"],
    ["X_Forwarded_For", "v", "reserved_name"],
    ["Transfer-Encoding", "v", "reserved_name"],
    ["X-ORA-Device", "v", "reserved_name"],
    ["X", "", "bad_value"],
    ["X", "a\r\nB: c", "bad_value"],
    ["X", " a", "bad_value"],
    ["X", "\u0100", "bad_value"],
    ["X", "a".repeat(MAX_HEADER_VALUE_LENGTH + 1), "bad_value"],
  ])("refuse %j: %j", async (name, value, problem) => {
    const headers = await loadOwnerHeaders(memorySecrets());
    expect(await headers.set(name, value)).toBe(problem);
    expect(headers.names()).toEqual([]);
  });

  it("fit an item with the longest name and value", async () => {
    const headers = await loadOwnerHeaders(memorySecrets());
    expect(await headers.set("a".repeat(46), "\xff".repeat(MAX_HEADER_VALUE_LENGTH))).toBeUndefined();
  });

  it("are bounded in number", async () => {
    const headers = await loadOwnerHeaders(memorySecrets());
    for (let index = 0; index < MAX_OWNER_HEADERS; index++) {
      expect(await headers.set(`x-${index}`, "v")).toBeUndefined();
    }
    expect(await headers.set("x-more", "v")).toBe("too_many");
    expect(await headers.set("x-0", "other")).toBeUndefined();
  });

  it("that are damaged are reported and kept", async () => {
    const store = memorySecrets();
    await store.set("header-58", "{");
    const headers = await loadOwnerHeaders(store);
    expect(headers.damaged).toEqual(["header-58"]);
    expect(headers.names()).toEqual([]);
    expect(await store.get("header-58")).toBe("{");
  });
});
