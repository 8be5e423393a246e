/** The settings window's states: each section, its empty form, and what a test or a refusal looks like. */
import {
  SETTINGS_SECTIONS,
  type SettingsSection,
} from "../../../desktop/windows/contract/settings-sections.ts";
import type { SettingsView } from "../../../desktop/windows/contract/settings-view.ts";
import type { Language } from "../../../desktop/windows/contract/status-view.ts";
import type { Answer } from "../fake-main.ts";
import type { Scene } from "../scenes.ts";
import { HOSTILE_NAMES } from "./hostile.ts";
import { DAY_MS, MINUTE_MS, NOW } from "./now.ts";
import { status } from "./status.ts";

export function settingsView(language: Language, change: Partial<SettingsView> = {}): SettingsView {
  return {
    language,
    platform: "linux",
    now: NOW,
    firstRun: false,
    led: { section: "relay", times: 1 },
    status: status(language, "connected"),
    keychain: "ready",
    damaged: [],
    values: {
      relayUrl: "wss://relay.example",
      hasEnrollKey: true,
      apiUrl: "http://127.0.0.1:8000",
      pcName: language === "ja" ? "書斎の PC" : "Studio PC",
      askBeforePairing: true,
      plaintext: "auto",
      plaintextIsAllowed: false,
      deviceExpiryDays: 30,
      startAtLogin: true,
      proxy: { kind: "system" },
      language: "system",
      checkForUpdates: false,
    },
    devices: [
      device("aaaaaaaa", "Pixel 9", { connected: true, lastSeen: NOW }),
      device("bbbbbbbb", language === "ja" ? "台所の iPad" : "iPad in the kitchen", {
        lastSeen: NOW - 14 * 60 * MINUTE_MS,
        readOnly: true,
      }),
      device("cccccccc", "photos.example", { lastSeen: NOW - 20 * MINUTE_MS, parentName: "Pixel 9" }),
      device("dddddddd", "ThinkPad", { lastSeen: NOW - 17 * DAY_MS }),
    ],
    plaintextSessions: [{ id: "s1", peer: "203.0.113.7", since: NOW, expiresAt: NOW + 41 * MINUTE_MS }],
    rules: [
      { number: 1, effect: "deny", methods: [], prefix: "/admin" },
      {
        number: 2,
        effect: "deny",
        methods: ["POST", "PUT", "DELETE"],
        prefix: "/api/v1/lights",
        device: "bbbbbbbb",
      },
      { number: 3, effect: "allow", methods: ["GET"], prefix: "/api/v1", device: "plaintext" },
    ],
    damagedRules: [],
    headers: ["x-ora-token"],
    about: {
      version: "1.0.0",
      parts: [
        ["Electron", "45.4.1"],
        ["Chromium", "152.0.7977.33"],
        ["Node", "24.9.0"],
      ],
      licences: [
        ["@noble/ciphers", "MIT"],
        ["@noble/curves", "MIT"],
        ["keytar", "MIT"],
        ["preact", "MIT"],
        ["qrcode", "MIT"],
        ["undici", "MIT"],
        ["valibot", "MIT"],
        ["ws", "MIT"],
      ],
      nodeId: "mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpizdgnbvgy3q",
    },
    ...change,
  };
}

/** Where the menu led. */
export const at = (section: SettingsSection, times = 1) => ({ led: { section, times } });

function device(id: string, name: string, change: Partial<SettingsView["devices"][number]> = {}) {
  return {
    id,
    name,
    created: NOW - 40 * DAY_MS,
    lastSeen: NOW,
    connected: false,
    readOnly: false,
    ...change,
  };
}

export const settingsAnswer: Answer = (command) => {
  switch (command.name) {
    case "saveSetting":
      if (command.input.key === "proxy") return { ok: false, problem: "socks_proxy" };
      return command.input.key === "relayUrl" && !/^wss?:\/\//.test(command.input.value)
        ? { ok: false, problem: "bad_relay_url" }
        : { ok: true, value: undefined };
    case "testRelay":
      return {
        ok: true,
        value: {
          hops: [
            { hop: "name", state: "ok" },
            { hop: "tcp", state: "ok" },
            { hop: "tls", state: "failed" },
            { hop: "relay", state: "skipped" },
            { hop: "node", state: "skipped" },
          ],
          detail: "CERT_HAS_EXPIRED",
        },
      };
    case "detectApis":
      return {
        ok: true,
        value: [
          { url: "http://127.0.0.1:8000", label: "uvicorn" },
          { url: "http://127.0.0.1:3000", label: "Immich" },
        ],
      };
    case "testApi":
      return { ok: true, value: { answered: true, status: 200, ms: 4 } };
    case "wouldAllow":
      return { ok: true, value: { allowed: false, reason: "denied_by_rule" } };
    case "checkForUpdate":
      return { ok: true, value: {} };
    default:
      return { ok: true, value: undefined };
  }
};

function notes(language: Language): string[] {
  return language === "ja"
    ? [
        "この PC とリレーの時計が 3 日ずれています。合うまでは、使っていない端末の登録を消しません。",
        "リレーは https://relay.example と名乗っています。リンクは設定のアドレスにつながります。",
      ]
    : [
        "This PC’s clock and the relay’s are 3 days apart. Until they agree, no unused device is forgotten.",
        "The relay calls itself https://relay.example. Links lead to the address in Settings.",
      ];
}

export function settingsScenes(language: Language): readonly Scene<"settings">[] {
  const view = settingsView(language);
  const scene = (
    name: string,
    change: Partial<SettingsView>,
    act?: Scene<"settings">["act"],
  ): Scene<"settings"> => ({
    name: `settings-${name}`,
    window: "settings",
    view: settingsView(language, change),
    answer: settingsAnswer,
    ...(act && { act }),
  });
  const { values } = view;
  return [
    { name: "settings-loading", window: "settings", view: undefined },
    ...SETTINGS_SECTIONS.map((section) => scene(section, at(section))),
    scene("first-run", {
      firstRun: true,
      status: status(language, "no_relay"),
      values: { ...values, relayUrl: "", hasEnrollKey: false },
    }),
    scene("relay-failed-test", { status: status(language, "relay_down") }, async ({ page }) => {
      await page.getByRole("button", { name: language === "ja" ? "テスト" : "Test", exact: true }).click();
      await page.locator(".test-result").waitFor();
    }),
    scene("relay-refused", {}, async ({ page }) => {
      await page.getByRole("textbox").first().fill("relay example");
      await page.getByRole("textbox").first().press("Enter");
      await page.locator(".field-problem").waitFor();
    }),
    scene("api-found", { ...at("api") }, async ({ page }) => {
      const found = language === "ja" ? "動いているものを探す" : "What runs here?";
      await page.getByRole("button", { name: found }).click();
      await page.locator(".list").waitFor();
    }),
    scene("devices-empty", { ...at("devices"), devices: [], plaintextSessions: [] }),
    scene("devices-hostile", {
      ...at("devices"),
      plaintextSessions: [],
      devices: Object.entries(HOSTILE_NAMES).map(([kind, name]) => device(kind, name)),
    }),
    scene("devices-revoke", { ...at("devices") }, async ({ page }) => {
      const name = language === "ja" ? "Pixel 9 を取り消す" : "Revoke Pixel 9";
      await page.getByRole("button", { name }).click();
      await page.locator("dialog[open]").waitFor();
    }),
    scene("devices-rename", { ...at("devices") }, async ({ page }) => {
      const name = language === "ja" ? "名前を変更: Pixel 9" : "Rename: Pixel 9";
      await page.getByRole("button", { name }).click();
      await page.locator(".device .field").waitFor();
    }),
    scene("rules-empty", { ...at("rules"), rules: [] }),
    scene("rules-asked", { ...at("rules") }, async ({ page }) => {
      await page.getByRole("button", { name: language === "ja" ? "確認" : "Ask", exact: true }).click();
      await page.locator("strong.rule-deny", { hasText: /No|いいえ/ }).waitFor();
    }),
    scene("headers-empty", { ...at("headers"), headers: [] }),
    scene("pairing-plaintext", { ...at("pairing"), values: { ...values, plaintext: "allow" } }),
    scene("app-proxy", {
      ...at("app"),
      values: { ...values, proxy: { kind: "manual", url: "http://proxy.example:3128", hasPassword: true } },
    }),
    scene(
      "app-socks",
      {
        ...at("app"),
        values: {
          ...values,
          proxy: { kind: "manual", url: "http://proxy.example:3128", hasPassword: false },
        },
      },
      async ({ page }) => {
        await page.getByRole("textbox").first().fill("socks5://127.0.0.1:9050");
        await page.getByRole("textbox").first().press("Enter");
        await page.locator(".field-problem").waitFor();
      },
    ),
    scene("relay-notes", { status: { ...status(language, "connected"), notes: notes(language) } }),
    scene("rename-asked", { led: { section: "devices", times: 2, renamed: "bbbbbbbb" } }),
    scene("keychain-locked", { keychain: "locked", damaged: ["rule-4"], damagedRules: [4], ...at("rules") }),
  ];
}
