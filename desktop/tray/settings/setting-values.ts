/**
 * One decoder for each setting: from whatever a page or a stored item says to a value that can be used, or the reason
 * why not. What is accepted here the node accepts too. Nothing is guessed but a missing `wss://` or `http://`.
 */
import { MAX_ENROLL_KEY_LENGTH, parseEnrollKey } from "#shared/config/enroll-key.ts";
import { MAX_RELAY_URL_LENGTH, parseRelayUrl, relaySocketUrl } from "#shared/protocol/relay-url.ts";
import { isLoopbackHost } from "../../core/loopback.ts";
import type { Problem } from "../../windows/contract/results.ts";
import type { ProxySetting, SettingKey, TraySettings } from "./tray-settings.ts";

/** So that an item with its envelope fits the smallest keychain. Bytes of ASCII. */
export const MAX_SETTING_URL_LENGTH = 2_000;
export const MAX_PC_NAME_LENGTH = 64;
export const MAX_EXPIRY_DAYS = 3_650;

export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

const good = <Value>(value: Value): Read<Value> => ({ ok: true, value });
const bad = (problem: Problem): Read<never> => ({ ok: false, problem });

type Readers = { readonly [Key in SettingKey]: (value: unknown) => Read<TraySettings[Key]> };

const READERS: Readers = {
  relayUrl: readRelayUrl,
  enrollKey: readEnrollKey,
  apiUrl: readApiUrl,
  pcName: readPcName,
  askBeforePairing: readFlag,
  plaintext: (value) =>
    value === "auto" || value === "allow" || value === "refuse" ? good(value) : bad("failed"),
  deviceExpiryDays: (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= MAX_EXPIRY_DAYS
      ? good(value)
      : bad("bad_number"),
  proxy: readProxy,
  language: (value) => (value === "system" || value === "en" || value === "ja" ? good(value) : bad("failed")),
  checkForUpdates: readFlag,
};

export function readSetting<Key extends SettingKey>(key: Key, value: unknown): Read<TraySettings[Key]> {
  return READERS[key](value);
}

function readFlag(value: unknown): Read<boolean> {
  return typeof value === "boolean" ? good(value) : bad("failed");
}

function readText(value: unknown, limit: number): Read<string> {
  if (typeof value !== "string") return bad("bad_characters");
  // Looked at before anything reads through it.
  if (value.length > 2 * limit) return bad("too_long");
  const text = value.trim();
  if (text === "") return bad("empty");
  if (/[\p{Cc}\p{Cs}]/u.test(text)) return bad("bad_characters");
  return text.length > limit ? bad("too_long") : good(text);
}

/**
 * The relay's address; `relay.example` means `wss://relay.example`, on this machine `ws://`. How long it may be is the
 * project's one parser's to say; here only the reason is told.
 */
export function readRelayUrl(value: unknown): Read<string> {
  const read = readText(value, MAX_RELAY_URL_LENGTH);
  if (!read.ok) return read;
  const text = hasScheme(read.value) ? read.value : `${bareRelayScheme(read.value)}${read.value}`;
  const url = parseRelayUrl(text);
  if (url !== undefined) return good(relaySocketUrl(url));
  // The limit is on the `http` form, in which `ws` is two letters longer.
  return bad(text.replace(/^ws/i, "http").length > MAX_RELAY_URL_LENGTH ? "too_long" : "bad_relay_url");
}

/** The local API's address; without a scheme it is `http://`. */
export function readApiUrl(value: unknown): Read<string> {
  const read = readText(value, MAX_SETTING_URL_LENGTH);
  if (!read.ok) return read;
  const text = hasScheme(read.value) ? read.value : `http://${read.value}`;
  if (!/^https?:\/\//i.test(text) || /[?#\s\\]/.test(text) || !URL.canParse(text)) return bad("bad_api_url");
  return readUrl(new URL(text), "bad_api_url");
}

function readUrl(url: URL, problem: Problem): Read<string> {
  if (url.username !== "" || url.password !== "" || url.hostname === "" || url.port === "0")
    return bad(problem);
  url.pathname = url.pathname.replace(/\/+$/, "");
  const canonical = url.pathname === "/" ? url.origin : url.href;
  return canonical.length > MAX_SETTING_URL_LENGTH ? bad("too_long") : good(canonical);
}

function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function bareRelayScheme(text: string): string {
  const url = `ws://${text}`;
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname) ? "ws://" : "wss://";
}

/** Empty: there is none. */
function readEnrollKey(value: unknown): Read<string | undefined> {
  if (typeof value !== "string") return bad("bad_enroll_key");
  const text = value.trim();
  if (text === "") return good(undefined);
  if (text.length > MAX_ENROLL_KEY_LENGTH) return bad("too_long");
  const key = parseEnrollKey(text);
  return key === undefined ? bad("bad_enroll_key") : good(key);
}

/** Empty: the machine's own. */
function readPcName(value: unknown): Read<string | undefined> {
  const read = readText(value, MAX_PC_NAME_LENGTH);
  if (read.ok) return /[\p{Cf}\p{Zl}\p{Zp}]/u.test(read.value) ? bad("bad_characters") : read;
  return read.problem === "empty" ? good(undefined) : read;
}

function readProxy(value: unknown): Read<ProxySetting> {
  if (typeof value !== "object" || value === null) return bad("bad_proxy_url");
  const { kind, url } = value as Readonly<Record<string, unknown>>;
  if (kind === "system" || kind === "none") return good({ kind });
  if (kind !== "manual") return bad("bad_proxy_url");
  const read = readText(url, MAX_SETTING_URL_LENGTH);
  if (!read.ok) return read;
  // As an address, as `SOCKS5 host:port` of a proxy script, or as `socks=host:port` of old settings.
  if (/^socks\w*(:\/\/|[=\s])/i.test(read.value)) return bad("socks_proxy");
  const text = hasScheme(read.value) ? read.value : `http://${read.value}`;
  if (!/^https?:\/\//i.test(text) || /[?#\s\\]/.test(text) || !URL.canParse(text))
    return bad("bad_proxy_url");
  const parsed = new URL(text);
  if (parsed.pathname !== "/" || parsed.hostname === "" || parsed.port === "0") return bad("bad_proxy_url");
  const canonical = parsed.href.replace(/\/$/, "");
  return canonical.length > MAX_SETTING_URL_LENGTH
    ? bad("too_long")
    : good({ kind: "manual", url: canonical });
}
