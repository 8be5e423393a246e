import { describe, expect, it } from "vitest";
import { memorySecrets } from "../secrets/memory.ts";
import type { AccessRule } from "./rule.ts";
import { loadRules } from "./rule-book.ts";
import { rulesInForce } from "./rules-in-force.ts";

async function setUp(store = memorySecrets()) {
  const done: string[] = [];
  const device = (id: string) => ({ id }) as never;
  const rules = rulesInForce({
    book: await loadRules(store),
    devices: { family: (id) => (id === "parent" ? [device("parent"), device("child")] : []) },
    channels: { connected: () => ["parent", "child", "other"], restart: (id) => done.push(id) },
    plaintextCalls: { all: () => [() => done.push("plaintext")] },
  });
  return { rules, done, takeDone: () => done.splice(0) };
}

const rule = (effect: AccessRule["effect"], device?: string): AccessRule => ({
  effect,
  methods: [],
  prefix: "/x",
  ...(device !== undefined && { device }),
});

describe("rules in force", () => {
  it("hold for what is under way, of those they concern", async () => {
    const { rules, takeDone } = await setUp();
    expect(await rules.add(rule("deny"))).toBe(1);
    expect(takeDone()).toEqual(["parent", "child", "other", "plaintext"]);
    await rules.add(rule("allow", "parent"));
    expect(takeDone()).toEqual(["parent", "child"]);
    await rules.add(rule("deny", "plaintext"));
    expect(takeDone()).toEqual(["plaintext"]);
    expect(rules.rules).toHaveLength(3);
    await rules.add(rule("deny"));
    expect(takeDone()).toEqual([]);
  });

  it("leave alone what is under way when less is forbidden", async () => {
    const { rules, takeDone } = await setUp();
    await rules.add(rule("deny"));
    await rules.add(rule("allow"));
    takeDone();
    expect(await rules.remove(1)).toBe(true);
    expect(await rules.remove(7)).toBe(false);
    expect(takeDone()).toEqual([]);
    expect(await rules.remove(2)).toBe(true);
    expect(takeDone()).toEqual(["parent", "child", "other", "plaintext"]);
  });
});
