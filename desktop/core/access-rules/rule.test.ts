import { describe, expect, it } from "vitest";
import { decodeRule, formatRule, MAX_PREFIX_LENGTH, parseRule } from "./rule.ts";

describe("a rule as people write it", () => {
  it.each([
    ["deny /admin", { effect: "deny", methods: [], prefix: "/admin" }],
    ["allow GET,post /api", { effect: "allow", methods: ["GET", "POST"], prefix: "/api" }],
    ["deny * / device abc", { effect: "deny", methods: [], prefix: "/", device: "abc" }],
    ["allow / device plaintext", { effect: "allow", methods: [], prefix: "/", device: "plaintext" }],
  ])("%s is read", (text, rule) => {
    const read = parseRule(text.split(" "));
    expect(read).toEqual(rule);
    expect(read && parseRule(formatRule(read).split(" "))).toEqual(rule);
  });

  it.each([
    "",
    "deny",
    "forbid /x",
    "deny x",
    "deny G3T /x",
    "deny /x device",
    "deny /x for abc",
    "deny /x device a b",
    "deny /x device a/b",
    "deny //x",
    "deny /x/../y",
    "deny /%2e%2e/x",
    "deny /a%2fb",
    "deny /a;b",
    "deny /x?y",
  ])("%j is refused", (text) => expect(parseRule(text.split(" "))).toBeUndefined());

  it("may have a prefix up to its limit and no longer", () => {
    const prefix = `/${"a".repeat(MAX_PREFIX_LENGTH - 1)}`;
    expect(parseRule(["deny", prefix])?.prefix).toBe(prefix);
    expect(parseRule(["deny", `${prefix}a`])).toBeUndefined();
  });
});

describe("a stored rule", () => {
  it.each([
    undefined,
    null,
    [],
    "deny /x",
    { effect: "deny" },
    { effect: "deny", methods: "GET", prefix: "/" },
  ])("%j is none", (value) => expect(decodeRule(value)).toBeUndefined());
});
