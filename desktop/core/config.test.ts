import { describe, expect, it } from "vitest";
import { loadNodeConfig } from "./config.ts";

const machine = { platform: "linux", home: "/home/ada" } as const;
const load = (env: Record<string, string>) => loadNodeConfig(env, machine);

describe("the node's configuration", () => {
  it("has the defaults of the first implementation", () => {
    const config = load({});
    expect(config.relayUrl.href).toBe("ws://127.0.0.1:9010/");
    expect(config.api).toMatchObject({ origin: "http://127.0.0.1:8000", basePath: "" });
    expect(config).toMatchObject({
      nodeId: "node",
      maxMessageBytes: 1_048_576,
      maxBodyBytes: 262_144,
      pairTtlMs: 120_000,
      apiIdleTimeoutMs: 3_600_000,
      plaintextIdleTimeoutMs: 30_000,
      stateDir: "/home/ada/.local/state/ora-relay",
      secrets: undefined,
      apiIsChosen: false,
    });
  });

  it("takes the node id from ORA_RELAY_NODE_ID, else from ORA_INSTANCE_ID", () => {
    expect(load({ ORA_INSTANCE_ID: "desk" }).nodeId).toBe("desk");
    expect(load({ ORA_INSTANCE_ID: "desk", ORA_RELAY_NODE_ID: "den" }).nodeId).toBe("den");
  });

  it.each([
    ["http://relay.example", "ws://relay.example/"],
    ["https://relay.example/base/", "wss://relay.example/base"],
    ["WSS://Relay.Example:8443", "wss://relay.example:8443/"],
  ])("reads %s as the relay %s", (written, url) => {
    expect(load({ ORA_RELAY_URL: written }).relayUrl.href).toBe(url);
  });

  it.each([
    "relay.example",
    "ftp://relay.example",
    "ws://a:b@relay.example",
    "ws://relay.example?x",
    "ws://relay.example#x",
    "ws://",
  ])("refuses the relay URL %s", (written) => {
    expect(() => load({ ORA_RELAY_URL: written })).toThrow(/^ORA_RELAY_URL=.* allowed: a ws, wss/);
  });

  it("takes no enrolment key that a relay would not take", () => {
    expect(load({ ORA_RELAY_ENROLL_KEY: "k".repeat(16) }).enrollKey).toBe("k".repeat(16));
    for (const length of [15, 257]) {
      const read = () => load({ ORA_RELAY_ENROLL_KEY: "k".repeat(length) });
      expect(read).toThrow("ORA_RELAY_ENROLL_KEY=(hidden) is not allowed; allowed: 16 to 256 characters");
    }
  });

  it.each([
    "127.0.0.1:8000",
    "ws://127.0.0.1",
    "http://u@127.0.0.1",
    "http://127.0.0.1/?q",
    "http://127.0.0.1/#f",
    "http://127.0.0.1:99999",
  ])("refuses the API base URL %s", (written) => {
    expect(() => load({ ORA_NODE_API_BASE_URL: written })).toThrow(/^ORA_NODE_API_BASE_URL=/);
  });

  it("takes an API base URL apart, with its base path", () => {
    expect(load({ ORA_NODE_API_BASE_URL: "https://[::1]/app/v2/" }).api).toEqual({
      origin: "https://[::1]",
      host: "::1",
      port: 443,
      hostHeader: "[::1]",
      basePath: "/app/v2",
    });
  });

  it("allows plaintext by default only towards a relay on this machine", () => {
    expect(load({}).allowPlaintext).toBe(true);
    expect(load({ ORA_RELAY_URL: "ws://[::1]:9010" }).allowPlaintext).toBe(true);
    expect(load({ ORA_RELAY_URL: "wss://relay.example" }).allowPlaintext).toBe(false);
    expect(load({ ORA_RELAY_URL: "wss://relay.example", ORA_NODE_ALLOW_PLAINTEXT: "1" }).allowPlaintext).toBe(
      true,
    );
    expect(load({ ORA_NODE_ALLOW_PLAINTEXT: "0" }).allowPlaintext).toBe(false);
    const asks = { ORA_NODE_ASK_BEFORE_PAIRING: "1" };
    expect(load(asks).allowPlaintext).toBe(false);
    expect(load({ ...asks, ORA_NODE_ALLOW_PLAINTEXT: "1" }).allowPlaintext).toBe(true);
  });

  it("refuses a node id in the form of an encrypted node's, or too long, or with controls", () => {
    expect(() => load({ ORA_RELAY_NODE_ID: "a".repeat(52) })).toThrow("ORA_RELAY_NODE_ID");
    expect(() => load({ ORA_RELAY_NODE_ID: "B".repeat(129) })).toThrow("ORA_RELAY_NODE_ID");
    expect(() => load({ ORA_RELAY_NODE_ID: "a\u0007b" })).toThrow("ORA_RELAY_NODE_ID");
    expect(load({ ORA_RELAY_NODE_ID: "B".repeat(128) }).nodeId).toHaveLength(128);
  });

  it("clamps the life of a code to 30 to 600 seconds", () => {
    expect(load({ ORA_RELAY_PAIR_TTL_SEC: "29" }).pairTtlMs).toBe(30_000);
    expect(load({ ORA_RELAY_PAIR_TTL_SEC: "601" }).pairTtlMs).toBe(600_000);
  });

  it("shows the effective values, and never the fixed code, not even in an error", () => {
    const lines = load({ ORA_RELAY_PAIR_CODE: "SECRET-CODE", ORA_INSTANCE_ID: "desk" }).lines;
    expect(lines).toContain("ORA_RELAY_NODE_ID=desk");
    expect(lines).toContain("ORA_NODE_ALLOW_PLAINTEXT=1");
    expect(lines).toContain("ORA_RELAY_PAIR_CODE=(hidden)");
    expect(lines.join("\n")).not.toContain("SECRET-CODE");
    expect(() => load({ ORA_RELAY_PAIR_CODE: "SECRET CODE" })).toThrow(/^(?!.*SECRET).*$/);
  });

  it("refuses a name that no program reads", () => {
    expect(() => load({ ORA_NODE_API_URL: "x" })).toThrow("ORA_NODE_API_URL");
  });
});
