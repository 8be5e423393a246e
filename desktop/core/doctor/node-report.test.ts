import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadNodeConfig } from "../config.ts";
import { settingsInUse } from "../settings-in-use.ts";
import { nodeReport, type ReportingNode, readNodeReport } from "./node-report.ts";

const ENROLL_KEY = "a-key-that-is-long-enough-0123456789";

function reporting(env: Record<string, string>): ReportingNode {
  const config = loadNodeConfig(env, { platform: "linux", home: "/nowhere" });
  return {
    name: "desk",
    nodeId: "an-id",
    relayState: { kind: "connected", since: 0 },
    apiState: { kind: "unknown" },
    settingsInUse: settingsInUse({ config, env, store: { kind: "file" } }),
  };
}

describe("what a running node says of itself", () => {
  it("is read as it was meant, and holds no secret", () => {
    const text = nodeReport(
      reporting({
        ORA_RELAY_URL: "https://relay.example/base/",
        ORA_NODE_API_BASE_URL: "http://127.0.0.1:3000/api/",
        ORA_RELAY_ENROLL_KEY: ENROLL_KEY,
        HTTPS_PROXY: "http://ann:password@proxy.example:3128",
      }),
    );
    expect(text).not.toMatch(new RegExp(`${ENROLL_KEY}|ann|password`));
    const report = readNodeReport(text);
    expect(report).toMatchObject({ isConnected: true, secrets: "file", hasEnrollKey: true });
    expect(report?.relayUrl.href).toBe("wss://relay.example/base");
    expect(report?.api).toMatchObject({ origin: "http://127.0.0.1:3000", basePath: "/api" });
    expect(report?.proxy?.href).toBe("http://proxy.example:3128/");
  });

  it("names no proxy where none leads to the relay", () => {
    const text = nodeReport(reporting({ HTTP_PROXY: "http://proxy.example:3128" }));
    expect(readNodeReport(text)).toMatchObject({ proxy: undefined, hasEnrollKey: false });
  });

  it.each([
    ["relay_url", "https://user:password@relay.example"],
    ["relay_url", 1],
    ["api_base_url", "file:///etc/passwd"],
    ["proxy", "socks5://proxy.example"],
    ["secrets", "cloud"],
    ["version", "1.0.0\u001b[2J"],
  ])("is not believed with a %s of %j", (name, value) => {
    const good: object = JSON.parse(nodeReport(reporting({})));
    expect(readNodeReport(JSON.stringify(good))).toBeDefined();
    expect(readNodeReport(JSON.stringify({ ...good, [name]: value }))).toBeUndefined();
  });

  it("may be any text without harm", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readNodeReport(text)).toBeUndefined();
      }),
    );
  });
});
