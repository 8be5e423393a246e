/**
 * What the owner of the tray app can set, typed. Where there is no choice yet the defaults here hold; a relay has no
 * default, because only the owner knows his. Whether the app starts at login is the system's to remember and stands
 * in no item of ours.
 */
import type { Language } from "../../windows/contract/status-view.ts";

export type ProxySetting =
  | { readonly kind: "system" }
  | { readonly kind: "none" }
  /** May hold a password: show it through `proxyView`. */
  | { readonly kind: "manual"; readonly url: string };

export interface TraySettings {
  /** `ws:` or `wss:`, canonical; undefined before the first run's answer. */
  readonly relayUrl: string | undefined;
  /** Secret. */
  readonly enrollKey: string | undefined;
  /** `http:` or `https:`, canonical. */
  readonly apiUrl: string;
  /** Undefined: the machine's name. */
  readonly pcName: string | undefined;
  readonly askBeforePairing: boolean;
  readonly plaintext: "auto" | "allow" | "refuse";
  readonly deviceExpiryDays: number;
  readonly proxy: ProxySetting;
  readonly language: "system" | Language;
  readonly checkForUpdates: boolean;
}

export type SettingKey = keyof TraySettings;

export const DEFAULT_SETTINGS: TraySettings = {
  relayUrl: undefined,
  enrollKey: undefined,
  apiUrl: "http://127.0.0.1:8000",
  pcName: undefined,
  askBeforePairing: true,
  plaintext: "auto",
  deviceExpiryDays: 30,
  proxy: { kind: "system" },
  language: "system",
  checkForUpdates: false,
};

/** A setting that decides where to connect or who gets in: while its item cannot be read, nothing is started. */
export const DECISIVE: ReadonlySet<SettingKey> = new Set([
  "relayUrl",
  "enrollKey",
  "apiUrl",
  "askBeforePairing",
  "plaintext",
  "deviceExpiryDays",
  "proxy",
]);
