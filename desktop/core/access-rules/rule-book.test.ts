import { describe, expect, it } from "vitest";
import { memorySecrets } from "../secrets/memory.ts";
import { decideAccess } from "./decide.ts";
import { type AccessRule, MAX_RULES } from "./rule.ts";
import { loadRules } from "./rule-book.ts";

const deny = (prefix: string): AccessRule => ({ effect: "deny", methods: [], prefix });

describe("the rule book", () => {
  it("keeps rules over a restart, under numbers that stay", async () => {
    const store = memorySecrets();
    const book = await loadRules(store);
    expect([await book.add(deny("/a")), await book.add(deny("/b")), await book.add(deny("/a"))]).toEqual([
      1, 2, 1,
    ]);
    expect(await book.remove(1)).toBe(true);
    expect(await book.remove(1)).toBe(false);
    const again = await loadRules(store);
    expect(again.list()).toEqual([{ number: 2, rule: deny("/b") }]);
    expect(await again.add(deny("/c"))).toBe(3);
    expect(again.rules).toEqual([deny("/b"), deny("/c")]);
  });

  it("lets nothing through while a rule cannot be read, until that is removed", async () => {
    const store = memorySecrets();
    await store.set("rule-7", '{"v":1,"effect":"den');
    const book = await loadRules(store);
    expect(book.damaged).toEqual(["rule-7"]);
    const asked = { method: "GET", path: "/", isWebSocket: false, headerNames: [] };
    const anybody = { devices: ["d"], readOnly: false };
    expect(decideAccess(book.rules, anybody, asked).allowed).toBe(false);
    expect(await store.get("rule-7")).toBe('{"v":1,"effect":"den');
    expect(await book.remove(7)).toBe(true);
    expect(decideAccess(book.rules, anybody, asked).allowed).toBe(true);
  });

  it("holds so many and no more", async () => {
    const book = await loadRules(memorySecrets());
    for (let count = 1; count <= MAX_RULES; count++) expect(await book.add(deny(`/${count}`))).toBe(count);
    expect(await book.add(deny("/more"))).toBeUndefined();
    await book.remove(1);
    expect(await book.add(deny("/more"))).toBe(MAX_RULES + 1);
  });
});
