/**
 * Settings in the secret store: one item each, `{"v":1,"value":…}`, so that each fits the smallest keychain and one that
 * is damaged costs no other. Items of version 0 (the bare value) are brought up to date; what cannot be read, or was made
 * by a newer version, is reported by name and left exactly as it is until the owner enters a new value for it.
 */
import { type SecretStore, SecretsError } from "../../core/secrets/secret-store.ts";
import type { Problem } from "../../windows/contract/results.ts";
import { readSetting } from "./setting-values.ts";
import { DECISIVE, DEFAULT_SETTINGS, type SettingKey, type TraySettings } from "./tray-settings.ts";

const VERSION = 1;

const ITEMS: Readonly<Record<SettingKey, string>> = {
  relayUrl: "setting-relay-url",
  enrollKey: "setting-enroll-key",
  apiUrl: "setting-api-url",
  pcName: "setting-pc-name",
  askBeforePairing: "setting-ask-before-pairing",
  plaintext: "setting-plaintext",
  deviceExpiryDays: "setting-device-expiry-days",
  proxy: "setting-proxy",
  language: "setting-language",
  checkForUpdates: "setting-check-for-updates",
};
const KEYS = Object.keys(ITEMS) as readonly SettingKey[];

export interface SettingsStore {
  readonly values: TraySettings;
  /** Items that cannot be read, or that a newer version made. */
  readonly damaged: readonly string[];
  /** Those of them without which nothing may be started. */
  readonly decisive: readonly string[];
  /**
   * Checks and stores one setting. A bad value changes nothing, and the reason comes back.
   * @throws {SecretsError} when it cannot be stored; then nothing has changed.
   */
  save(key: SettingKey, value: unknown): Promise<Problem | undefined>;
}

type Decoded =
  | { readonly kind: "value"; readonly value: unknown; readonly isOld: boolean }
  | { readonly kind: "unreadable" };

/** @throws {SecretsError} when the store as a whole cannot be read. */
export async function loadSettings(store: SecretStore): Promise<SettingsStore> {
  const present = new Set(await store.list());
  const unreadable = new Set<SettingKey>();
  let values: TraySettings = DEFAULT_SETTINGS;
  for (const key of KEYS) {
    if (!present.has(ITEMS[key])) continue;
    const decoded = await readItem(store, ITEMS[key]);
    const read = decoded.kind === "value" ? readSetting(key, decoded.value) : undefined;
    if (read?.ok !== true) {
      unreadable.add(key);
      continue;
    }
    values = { ...values, [key]: read.value };
    if (decoded.kind === "value" && decoded.isOld) await bringUpToDate(store, ITEMS[key], read.value);
  }
  return {
    get values() {
      return values;
    },
    get damaged() {
      return [...unreadable].map((key) => ITEMS[key]);
    },
    get decisive() {
      return [...unreadable].filter((key) => DECISIVE.has(key)).map((key) => ITEMS[key]);
    },
    async save(key, value) {
      const read = readSetting(key, value);
      if (!read.ok) return read.problem;
      if (read.value === undefined) await store.delete(ITEMS[key]);
      else await store.set(ITEMS[key], encode(read.value));
      values = { ...values, [key]: read.value };
      unreadable.delete(key);
      return undefined;
    },
  };
}

function encode(value: unknown): string {
  return JSON.stringify({ v: VERSION, value });
}

async function readItem(store: SecretStore, item: string): Promise<Decoded> {
  try {
    const text = await store.get(item);
    return text === undefined ? { kind: "unreadable" } : decode(text);
  } catch (error) {
    // One damaged item must not hide the others; a store that fails as a whole must be told.
    if (error instanceof SecretsError && error.code === "damaged") return { kind: "unreadable" };
    throw error;
  }
}

function decode(text: string): Decoded {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Version 0 kept texts bare. What begins like JSON and is none was cut short.
    return /^\s*[{["]/.test(text) ? { kind: "unreadable" } : { kind: "value", value: text, isOld: true };
  }
  if (typeof parsed !== "object" || parsed === null) return { kind: "value", value: parsed, isOld: true };
  const { v, value } = parsed as Readonly<Record<string, unknown>>;
  if (v === VERSION) return { kind: "value", value, isOld: false };
  // Version 0 of the proxy is an object without a version.
  return v === undefined ? { kind: "value", value: parsed, isOld: true } : { kind: "unreadable" };
}

async function bringUpToDate(store: SecretStore, item: string, value: unknown): Promise<void> {
  try {
    await store.set(item, encode(value));
  } catch (error) {
    // The old item still says the same; the next start tries again.
    if (!(error instanceof SecretsError)) throw error;
  }
}
