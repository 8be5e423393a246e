import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_ENROLL_KEY_LENGTH, MIN_ENROLL_KEY_LENGTH } from "#shared/config/enroll-key.ts";
import { MAX_RELAY_URL_LENGTH } from "#shared/protocol/relay-url.ts";
import { memorySecrets } from "../../core/secrets/memory.ts";
import { MAX_SECRET_BYTES, SecretsError } from "../../core/secrets/secret-store.ts";
import { needsSocks, nodeConfig, proxyEnvironment } from "./node-settings.ts";
import { proxyView, withStoredPassword } from "./proxy-view.ts";
import {
  MAX_EXPIRY_DAYS,
  MAX_PC_NAME_LENGTH,
  MAX_SETTING_URL_LENGTH,
  readSetting,
} from "./setting-values.ts";
import { loadSettings } from "./settings-store.ts";
import { DEFAULT_SETTINGS, type SettingKey } from "./tray-settings.ts";

const machine = { platform: "linux", home: "/home/u" } as const;

describe("settings", () => {
  it("are the defaults until the owner says otherwise, and ask before pairing", async () => {
    const settings = await loadSettings(memorySecrets());
    expect(settings.values).toEqual(DEFAULT_SETTINGS);
    expect(settings.values.askBeforePairing).toBe(true);
    expect(settings.damaged).toEqual([]);
  });

  it("are there at the next start, each in an item of its own that fits the smallest keychain", async () => {
    const store = memorySecrets();
    const settings = await loadSettings(store);
    const long = "wss://relay.example/".padEnd(MAX_RELAY_URL_LENGTH - 2, "p");
    const longApi = "http://localhost/".padEnd(MAX_SETTING_URL_LENGTH, "p");
    const values: [SettingKey, unknown][] = [
      ["relayUrl", long],
      ["enrollKey", '"\\'.repeat(MAX_ENROLL_KEY_LENGTH / 2)],
      ["apiUrl", `${longApi}/`.slice(0, MAX_SETTING_URL_LENGTH)],
      ["pcName", "書斎"],
      ["askBeforePairing", false],
      ["plaintext", "refuse"],
      ["deviceExpiryDays", 7],
      ["proxy", { kind: "manual", url: "http://me:pw@proxy:3128" }],
      ["language", "ja"],
      ["checkForUpdates", true],
    ];
    for (const [key, value] of values) expect(await settings.save(key, value)).toBeUndefined();
    expect((await loadSettings(store)).values).toEqual({
      ...Object.fromEntries(values),
      apiUrl: longApi,
    });
    expect(await store.list()).toHaveLength(values.length);
    for (const item of await store.list()) {
      expect(Buffer.byteLength((await store.get(item)) ?? "")).toBeLessThan(MAX_SECRET_BYTES);
    }
  });

  it("never store a bad value, and say why", async () => {
    const store = memorySecrets();
    const settings = await loadSettings(store);
    const refused: [SettingKey, unknown, string][] = [
      ["relayUrl", "", "empty"],
      ["relayUrl", "ftp://relay.example", "bad_relay_url"],
      ["relayUrl", "wss://user:pw@relay.example", "bad_relay_url"],
      ["relayUrl", "wss://relay.example/?token=1", "bad_relay_url"],
      ["relayUrl", "wss://relay.example/#x", "bad_relay_url"],
      ["relayUrl", "javascript:alert(1)", "bad_relay_url"],
      ["relayUrl", "wss://a\nb", "bad_characters"],
      ["relayUrl", "wss://relay.example/".padEnd(MAX_RELAY_URL_LENGTH - 1, "p"), "too_long"],
      ["relayUrl", "https://relay.example/".padEnd(MAX_RELAY_URL_LENGTH + 1, "p"), "too_long"],
      ["relayUrl", "relay.example/".padEnd(MAX_RELAY_URL_LENGTH - 7, "p"), "too_long"],
      ["apiUrl", "http://localhost/".padEnd(MAX_SETTING_URL_LENGTH + 1, "p"), "too_long"],
      ["relayUrl", 7, "bad_characters"],
      ["apiUrl", "file:///etc/passwd", "bad_api_url"],
      ["apiUrl", "http://", "bad_api_url"],
      ["apiUrl", "http://localhost:99999", "bad_api_url"],
      ["deviceExpiryDays", 0, "bad_number"],
      ["deviceExpiryDays", MAX_EXPIRY_DAYS + 1, "bad_number"],
      ["deviceExpiryDays", 1.5, "bad_number"],
      ["deviceExpiryDays", Number.NaN, "bad_number"],
      ["pcName", "x".repeat(MAX_PC_NAME_LENGTH + 1), "too_long"],
      ["pcName", "a\u202Eb", "bad_characters"],
      ["enrollKey", "x".repeat(MAX_ENROLL_KEY_LENGTH + 1), "too_long"],
      ["enrollKey", `a\u0000${"b".repeat(20)}`, "bad_enroll_key"],
      ["enrollKey", "x".repeat(MIN_ENROLL_KEY_LENGTH - 1), "bad_enroll_key"],
      ...[
        "socks5://p:1",
        "SOCKS://me:pw@p:1",
        "socks5h://p",
        "socks4a://p:1",
        "SOCKS5 p:1080",
        "socks=p:1",
      ].map((url): [SettingKey, unknown, string] => ["proxy", { kind: "manual", url }, "socks_proxy"]),
      ["proxy", { kind: "manual", url: "ftp://p:1" }, "bad_proxy_url"],
      ["proxy", { kind: "manual", url: "http://p/path" }, "bad_proxy_url"],
      ["proxy", null, "bad_proxy_url"],
      ["language", "tlh", "failed"],
      ["plaintext", true, "failed"],
    ];
    for (const [key, value, problem] of refused)
      expect([key, value, await settings.save(key, value)]).toEqual([key, value, problem]);
    expect(await store.list()).toEqual([]);
    expect(settings.values).toEqual(DEFAULT_SETTINGS);
    for (const [key, value] of [
      ["deviceExpiryDays", MAX_EXPIRY_DAYS],
      ["pcName", "x".repeat(MAX_PC_NAME_LENGTH)],
      ["enrollKey", "x".repeat(MAX_ENROLL_KEY_LENGTH)],
    ] as const) {
      expect(await settings.save(key, value)).toBeUndefined();
    }
  });

  it("take the longest relay's address that the node takes, in each of its forms", () => {
    const longest = (start: string, length: number) => readSetting("relayUrl", start.padEnd(length, "p")).ok;
    expect(longest("https://relay.example/", MAX_RELAY_URL_LENGTH)).toBe(true);
    expect(longest("wss://relay.example/", MAX_RELAY_URL_LENGTH - 2)).toBe(true);
    expect(longest("relay.example/", MAX_RELAY_URL_LENGTH - 8)).toBe(true);
  });

  it("take a proxy whose name begins like SOCKS", () => {
    const read = readSetting("proxy", { kind: "manual", url: "socks:1080" });
    expect(read).toEqual({ ok: true, value: { kind: "manual", url: "http://socks:1080" } });
  });

  it("add the scheme that people leave out", () => {
    const relay = (text: string) => readSetting("relayUrl", text);
    expect(relay(" relay.example ")).toEqual({ ok: true, value: "wss://relay.example" });
    expect(relay("https://Relay.example/base/")).toEqual({ ok: true, value: "wss://relay.example/base" });
    expect(relay("localhost:9010")).toEqual({ ok: true, value: "ws://localhost:9010" });
    expect(readSetting("apiUrl", "127.0.0.1:3000")).toEqual({ ok: true, value: "http://127.0.0.1:3000" });
  });

  it("migrate from version 0, once, and lose nothing", async () => {
    const store = memorySecrets();
    await store.set("setting-relay-url", "wss://relay.example");
    await store.set("setting-ask-before-pairing", "false");
    await store.set("setting-device-expiry-days", "90");
    await store.set("setting-proxy", '{"kind":"none"}');
    const settings = await loadSettings(store);
    expect(settings.values).toMatchObject({
      relayUrl: "wss://relay.example",
      askBeforePairing: false,
      deviceExpiryDays: 90,
      proxy: { kind: "none" },
    });
    expect(await store.get("setting-relay-url")).toBe('{"v":1,"value":"wss://relay.example"}');
    expect((await loadSettings(store)).values).toEqual(settings.values);
  });

  it("that are damaged or from a newer version are reported and kept, until the owner enters them again", async () => {
    const store = memorySecrets();
    const kept = {
      "setting-relay-url": '{"v":1,"value":"wss://rel',
      "setting-plaintext": '{"v":2,"value":"auto"}',
      "setting-language": '{"v":1,"value":"tlh"}',
      "setting-pc-name": '{"v":1,"va',
    };
    for (const [item, text] of Object.entries(kept)) await store.set(item, text);
    const settings = await loadSettings(store);
    expect([...settings.damaged].sort()).toEqual(Object.keys(kept).sort());
    expect([...settings.decisive].sort()).toEqual(["setting-plaintext", "setting-relay-url"]);
    for (const [item, text] of Object.entries(kept)) expect(await store.get(item)).toBe(text);
    expect(await settings.save("relayUrl", "not a url")).toBe("bad_relay_url");
    expect(await store.get("setting-relay-url")).toBe(kept["setting-relay-url"]);
    await settings.save("relayUrl", "wss://relay.example");
    expect(settings.decisive).toEqual(["setting-plaintext"]);
  });

  it("change nothing when the store fails", async () => {
    const store = memorySecrets();
    const failing = {
      ...store,
      set: () => Promise.reject(new SecretsError("store_failed", "disk full")),
    };
    const settings = await loadSettings(failing);
    await expect(settings.save("plaintext", "allow")).rejects.toMatchObject({ code: "store_failed" });
    expect(settings.values.plaintext).toBe("auto");
    await expect(
      loadSettings({ ...store, list: () => Promise.reject(new SecretsError("no_keychain", "gone")) }),
    ).rejects.toMatchObject({ code: "no_keychain" });
  });

  it("never make the decoder throw, whatever an item holds", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(Object.keys(DEFAULT_SETTINGS) as SettingKey[])),
        fc.anything(),
        async (key, value) => {
          const read = readSetting(key, value);
          expect(typeof read.ok).toBe("boolean");
        },
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (text) => {
        const store = memorySecrets();
        await store.set("setting-relay-url", text);
        const { damaged } = await loadSettings(store);
        if (damaged.length > 0) expect(await store.get("setting-relay-url")).toBe(text);
      }),
    );
  });
});

describe("the node's configuration", () => {
  it("is what the owner set, and nothing of the environment", () => {
    const config = nodeConfig(
      {
        ...DEFAULT_SETTINGS,
        relayUrl: "wss://relay.example",
        enrollKey: "k".repeat(20),
        plaintext: "refuse",
      },
      machine,
      "/state",
    );
    expect(config).toMatchObject({
      askBeforePairing: true,
      plaintextIsChosen: true,
      allowPlaintext: false,
      enrollKey: "k".repeat(20),
      stateDir: "/state",
    });
    expect(nodeConfig(DEFAULT_SETTINGS, machine, "/state")).toBeUndefined();
  });

  it("takes every address that the settings take", () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.domain(), fc.string()), (text) => {
        for (const key of ["relayUrl", "apiUrl"] as const) {
          const read = readSetting(key, text);
          if (!read.ok || read.value === undefined) continue;
          const values = { ...DEFAULT_SETTINGS, relayUrl: "wss://r.example", [key]: read.value };
          expect(nodeConfig(values, machine, "/state")).toBeDefined();
        }
      }),
    );
  });

  it("goes through the proxy that was chosen", () => {
    const by = (proxy: (typeof DEFAULT_SETTINGS)["proxy"], system = "DIRECT") =>
      proxyEnvironment({ ...DEFAULT_SETTINGS, proxy }, system).HTTPS_PROXY;
    expect(by({ kind: "none" }, "PROXY p:1")).toBeUndefined();
    expect(by({ kind: "manual", url: "http://p:3128" }, "DIRECT")).toBe("http://p:3128");
    expect(by({ kind: "system" }, "SOCKS5 s:1; PROXY p:8080; DIRECT")).toBe("http://p:8080");
    expect(by({ kind: "system" }, "HTTPS p:443")).toBe("https://p:443");
    expect(by({ kind: "system" }, "DIRECT")).toBeUndefined();
    expect(by({ kind: "system" }, "PROXY %%%; ; PROXY")).toBeUndefined();
  });

  it("goes round no SOCKS proxy that the system asks for, unless the system itself allows that", () => {
    const only = (answer: string, proxy: (typeof DEFAULT_SETTINGS)["proxy"] = { kind: "system" }) =>
      needsSocks({ ...DEFAULT_SETTINGS, proxy }, answer);
    expect(only("SOCKS5 s:1080")).toBe(true);
    expect(only("SOCKS s:1; SOCKS5 t:1")).toBe(true);
    for (const answer of [
      "SOCKS5 s:1; PROXY p:8080",
      "SOCKS5 s:1; DIRECT",
      "DIRECT",
      "",
      "PROXY p:1; SOCKS s:1",
    ])
      expect(only(answer)).toBe(false);
    expect(only("SOCKS5 s:1080", { kind: "none" })).toBe(false);
  });
});

describe("a proxy's password", () => {
  const stored = { kind: "manual", url: "http://me:pw@proxy:3128" } as const;

  it("is never shown, and kept when the same address is saved again", () => {
    expect(proxyView(stored)).toEqual({ kind: "manual", url: "http://me@proxy:3128", hasPassword: true });
    expect(withStoredPassword({ kind: "manual", url: "http://me@proxy:3128" }, stored)).toMatchObject({
      url: "http://me:pw@proxy:3128/",
    });
  });

  it("never goes to another proxy", () => {
    for (const url of [
      "http://me@evil:3128",
      "http://you@proxy:3128",
      "http://proxy:3128",
      "https://me@proxy:3128",
    ]) {
      expect(withStoredPassword({ kind: "manual", url }, stored)).toEqual({ kind: "manual", url });
    }
  });
});
