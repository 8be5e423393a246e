import { describe, expect, it } from "vitest";
import { loadNodeConfig } from "../core/config.ts";
import { plaintextRemark } from "./plaintext-remark.ts";

const remark = (env: Record<string, string>) =>
  plaintextRemark(loadNodeConfig(env, { platform: "linux", home: "/nowhere" }));
const asks = { ORA_NODE_ASK_BEFORE_PAIRING: "1" };

describe("an owner who wants to be asked", () => {
  it("hears that clients without encryption are off, where they would be on", () => {
    expect(remark(asks)).toMatch(/^clients without encryption are off/);
    expect(remark({ ...asks, ORA_RELAY_URL: "wss://relay.example" })).toBeUndefined();
    expect(remark({ ...asks, ORA_NODE_ALLOW_PLAINTEXT: "0" })).toBeUndefined();
  });

  it("hears that he is not asked about them, where he let them in himself", () => {
    expect(remark({ ...asks, ORA_NODE_ALLOW_PLAINTEXT: "1" })).toMatch(/you are not asked about them/);
  });

  it("is not told what he did not ask for", () => {
    expect(remark({})).toBeUndefined();
    expect(remark({ ORA_NODE_ALLOW_PLAINTEXT: "1" })).toBeUndefined();
  });
});
