import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isExempt } from "./no-proxy.ts";

describe("NO_PROXY", () => {
  it.each([
    ["relay.example", 443, "relay.example"],
    ["relay.example", 443, "other.example, RELAY.EXAMPLE"],
    ["a.relay.example", 443, "relay.example"],
    ["a.relay.example", 443, ".relay.example"],
    ["a.relay.example", 443, "*.relay.example"],
    ["relay.example.", 443, "relay.example"],
    ["relay.example", 443, "x relay.example:443"],
    ["anything", 1, "*"],
    ["10.1.2.3", 80, "10.0.0.0/8"],
    ["10.1.2.3", 80, "10.1.2.3"],
    ["fd00::5", 80, "fd00::/8"],
    ["fd00::5", 80, "[fd00::5]:80"],
  ])("%s:%d is exempt by %j", (host, port, list) => {
    expect(isExempt(host, port, list)).toBe(true);
  });

  it.each([
    ["relay.example", 443, ""],
    ["relay.example", 443, " , ,"],
    ["notrelay.example", 443, "relay.example"],
    ["relay.example.evil", 443, "relay.example"],
    ["relay.example", 443, "relay.example:80"],
    ["10.1.2.3", 80, "10.0.0.0/99"],
    ["11.1.2.3", 80, "10.0.0.0/8"],
    ["10.1.2.3", 80, "2.3"],
    ["relay.example", 80, "10.0.0.0/8"],
    ["relay.example", 80, "."],
  ])("%s:%d is not exempt by %j", (host, port, list) => {
    expect(isExempt(host, port, list)).toBe(false);
  });

  it("takes any text for a list", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (list) => typeof isExempt("10.0.0.1", 80, list) === "boolean",
      ),
    );
  });
});
