import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, describeSettings } from "#shared/config/settings.ts";
import { loadRelayConfig, RELAY_SETTINGS } from "./config.ts";
import { readDotEnv } from "./dot-env.ts";

const load = (environment: Record<string, string>, dotEnv: Record<string, string> = {}) =>
  loadRelayConfig({ environment, dotEnv });

describe("the relay's configuration", () => {
  it("has the defaults of the first implementation", () => {
    expect(load({})).toEqual({
      host: "127.0.0.1",
      port: 9010,
      adminHost: "127.0.0.1",
      adminPort: undefined,
      tlsCert: undefined,
      tlsKey: undefined,
      publicUrl: undefined,
      maxMessageBytes: 1_048_576,
      maxBodyBytes: 262_144,
      maxPending: 64,
      clientTimeoutSec: 35,
      sessionTtlSec: 3_600,
      pairTtlSec: 120,
      pairRatePerMinute: 30,
      maxSocketsPerAddress: 2_048,
      nodeBytesPerSecond: 0,
      addressBytesPerSecond: 0,
      enforceOrigin: false,
      trustProxy: false,
      enrollKey: undefined,
      enrollKeysFile: undefined,
      natsUrl: undefined,
      natsNkeyFile: undefined,
      natsCa: undefined,
      logLevel: "info",
    });
  });

  it("moves times to live into their range", () => {
    const ttl = (session: string, pair: string) => {
      const config = load({ ORA_RELAY_SESSION_TTL_SEC: session, ORA_RELAY_PAIR_TTL_SEC: pair });
      return [config.sessionTtlSec, config.pairTtlSec];
    };
    expect(ttl("59", "29")).toEqual([60, 30]);
    expect(ttl("60", "30")).toEqual([60, 30]);
    expect(ttl("86401", "601")).toEqual([86_400, 600]);
  });

  it("takes .env, and the environment before it", () => {
    const dotEnv = { ORA_RELAY_PORT: "1", ORA_RELAY_HOST: "::1" };
    expect(load({ ORA_RELAY_PORT: "2" }, dotEnv)).toMatchObject({ port: 2, host: "::1" });
  });

  it("names what is wrong with a value or a name, in either source", () => {
    for (const [name, value] of [
      ["ORA_RELAY_PORT", "x"],
      ["ORA_RELAY_PORT", "65536"],
      ["ORA_RELAY_HOST", "a b"],
      ["ORA_RELAY_PUBLIC_URL", "relay.example"],
      ["ORA_RELAY_PUBLIC_URL", "ftp://relay.example"],
      ["ORA_RELAY_PUBLIC_URL", "wss://relay.example"],
      ["ORA_RELAY_PUBLIC_URL", "https://relay.example/?a"],
      ["ORA_RELAY_PUBLIC_URL", "https://user@relay.example"],
      ["ORA_RELAY_ENROLL_KEY", "x".repeat(15)],
      ["ORA_RELAY_ENROLL_KEY", "x".repeat(257)],
      ["ORA_RELAY_LOG_LEVEL", "loud"],
      ["ORA_RELAY_SPEED", "1"],
    ] as const) {
      for (const read of [() => load({ [name]: value }), () => load({}, { [name]: value })]) {
        expect(read, `${name}=${value}`).toThrow(ConfigError);
        expect(read).toThrow(name);
      }
    }
  });

  it("takes a certificate and its key only together, and for an https address", () => {
    const paths = { ORA_RELAY_TLS_CERT: "/etc/a.crt", ORA_RELAY_TLS_KEY: "/etc/a.key" };
    const here = { ORA_RELAY_PUBLIC_URL: "https://relay.example" };
    expect(load({ ...paths, ...here })).toMatchObject({ tlsCert: "/etc/a.crt", tlsKey: "/etc/a.key" });
    for (const name of ["ORA_RELAY_TLS_CERT", "ORA_RELAY_TLS_KEY"] as const) {
      expect(() => load({ ...paths, ...here, [name]: "" })).toThrow(`${name} is not set`);
    }
    expect(() => load(paths)).toThrow("ORA_RELAY_PUBLIC_URL");
    expect(() => load({ ...paths, ORA_RELAY_PUBLIC_URL: "http://relay.example" })).toThrow(/https:/);
  });

  it("keeps a public URL in its one form, with its base path", () => {
    const read = (url: string) => load({ ORA_RELAY_PUBLIC_URL: url }).publicUrl;
    expect(read("HTTPS://Relay.Example:443/")).toBe("https://relay.example");
    expect(read("https://example.org/Relay/")).toBe("https://example.org/Relay");
  });

  it("reads a .env file where there is one", () => {
    const directory = mkdtempSync(join(tmpdir(), "relay-config-"));
    try {
      expect(readDotEnv(directory)).toBeUndefined();
      writeFileSync(join(directory, ".env"), "# comment\nORA_RELAY_PORT=12\nORA_RELAY_HOST='::1'\n");
      expect(readDotEnv(directory)).toEqual({ ORA_RELAY_PORT: "12", ORA_RELAY_HOST: "::1" });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("takes the bus's address with its login and tells neither, whatever is wrong with it", () => {
    const bus = "nats://relay:s3cret@one.example:4222,tls://tok3n@[::1]";
    expect(load({ ORA_RELAY_NATS_URL: bus }).natsUrl).toEqual([
      "nats://relay:s3cret@one.example:4222",
      "tls://tok3n@[::1]",
    ]);
    for (const bad of [
      "http://relay:s3cret@one.example",
      "nats://relay:s3cret@one.example/path",
      "s3cret",
      "nats://one.example,",
      "nats://",
      "nats://one.example?s3cret=1",
    ]) {
      expect(() => load({ ORA_RELAY_NATS_URL: bad })).toThrow(/ORA_RELAY_NATS_URL=\(hidden\)/);
    }
    expect(describeSettings(RELAY_SETTINGS, load({ ORA_RELAY_NATS_URL: bus })).join()).not.toMatch(
      /s3cret|tok3n|one\.example/,
    );
  });

  it("refuses a login for a bus that it has not", () => {
    expect(() => load({ ORA_RELAY_NATS_NKEY_FILE: "/etc/seed" })).toThrow(/ORA_RELAY_NATS_NKEY_FILE is set/);
    expect(() => load({ ORA_RELAY_NATS_CA: "/etc/ca.pem" })).toThrow(/ORA_RELAY_NATS_CA is set/);
  });
});
