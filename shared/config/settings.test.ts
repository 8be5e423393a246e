import { describe, expect, it } from "vitest";
import { ConfigError, choice, describeSettings, flag, integer, readSettings, text } from "./settings.ts";

const settings = {
  port: integer("ORA_RELAY_PORT", 9010, { min: 0, max: 65_535, unit: "a port" }),
  ttl: integer("ORA_RELAY_PAIR_TTL_SEC", 120, { min: 30, max: 600, unit: "seconds", clamp: true }),
  origin: flag("ORA_RELAY_ENFORCE_ORIGIN", false),
  secrets: choice("ORA_NODE_SECRETS", ["keychain", "file", "memory"], undefined),
  key: text(
    "ORA_RELAY_ENROLL_KEY",
    undefined,
    "8 characters or more",
    (v) => (v.length >= 8 ? v : undefined),
    {
      secret: true,
    },
  ),
};

function errorOf(env: Record<string, string>): ConfigError {
  try {
    readSettings(env, settings);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("expected a ConfigError");
}

describe("settings", () => {
  it("fall back when a variable is unset or empty", () => {
    const expected = { port: 9010, ttl: 120, origin: false, secrets: undefined, key: undefined };
    expect(readSettings({}, settings)).toEqual(expected);
    expect(readSettings({ ORA_RELAY_PORT: "", ORA_NODE_SECRETS: "  " }, settings)).toEqual(expected);
  });

  it("are read with their types", () => {
    const env = { ORA_RELAY_PORT: "0", ORA_RELAY_ENFORCE_ORIGIN: "Yes", ORA_NODE_SECRETS: "FILE" };
    expect(readSettings(env, settings)).toMatchObject({ port: 0, origin: true, secrets: "file" });
  });

  it("clamp only where they say so", () => {
    expect(readSettings({ ORA_RELAY_PAIR_TTL_SEC: "29" }, settings).ttl).toBe(30);
    expect(readSettings({ ORA_RELAY_PAIR_TTL_SEC: "30" }, settings).ttl).toBe(30);
    expect(readSettings({ ORA_RELAY_PAIR_TTL_SEC: "601" }, settings).ttl).toBe(600);
    expect(readSettings({ ORA_RELAY_PORT: "65535" }, settings).port).toBe(65_535);
    expect(errorOf({ ORA_RELAY_PORT: "65536" }).variable).toBe("ORA_RELAY_PORT");
  });

  it.each(["abc", "1.5", "1e3", "0x10", "--1", "99999999999999999999"])("refuse %s as a number", (value) => {
    const error = errorOf({ ORA_RELAY_PORT: value });
    expect(error.code).toBe("config_bad_value");
    expect(error.message).toContain(`ORA_RELAY_PORT="${value}"`);
    expect(error.message).toContain("from 0 to 65535");
  });

  it("name a misspelt variable of ours and leave strangers alone", () => {
    const error = errorOf({ ORA_RELAY_PROT: "1", ORA_OTHER: "x", PATH: "/bin" });
    expect(error.code).toBe("config_unknown_name");
    expect(error.message).toContain("ORA_RELAY_PROT");
    expect(() => readSettings({ ORA_OTHER: "x", ORA_INSTANCE_ID: "pc" }, settings)).not.toThrow();
  });

  it("never show a secret, neither in an error nor in the list", () => {
    expect(errorOf({ ORA_RELAY_ENROLL_KEY: "hunter2" }).message).not.toContain("hunter2");
    const values = readSettings({ ORA_RELAY_ENROLL_KEY: "correct horse" }, settings);
    expect(describeSettings(settings, values)).toEqual([
      "ORA_RELAY_PORT=9010",
      "ORA_RELAY_PAIR_TTL_SEC=120",
      "ORA_RELAY_ENFORCE_ORIGIN=0",
      "ORA_NODE_SECRETS=(not set)",
      "ORA_RELAY_ENROLL_KEY=(hidden)",
    ]);
  });

  it.each([
    ["wss://me:s3cret@relay.example/", "wss://(hidden)@relay.example/"],
    ["me:s3cret@relay.example", "(hidden)@relay.example"],
    ["wss://me:s3/cr#et?@x@relay.example", "wss://(hidden)@relay.example"],
    [`wss://me:${"s3cret".repeat(100)}@relay.example`, "wss://(hidden)@relay.example"],
    ["http://relay.example/a", "http://relay.example/a"],
  ])("show of %j no user and no password", (written, shown) => {
    const { message } = errorOf({ ORA_RELAY_PORT: written });
    expect(message).toContain(`ORA_RELAY_PORT="${shown}" is`);
  });

  it("show a bad value without its control characters, and not a megabyte of it", () => {
    const error = errorOf({ ORA_RELAY_PORT: `\u001b[2J${"9".repeat(1_000_000)}` });
    expect(error.message.length).toBeLessThan(300);
    expect(error.message).not.toContain("\u001b");
  });
});
