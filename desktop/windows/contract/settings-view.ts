/** What the settings window shows. No secret is ever in it: keys and header values are said to be set, never told. */
import type { SettingsSection } from "./settings-sections.ts";
import type { AppView, StatusView } from "./status-view.ts";

/** Times in ms since 1970. */
export interface DeviceView {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly lastSeen: number;
  readonly connected: boolean;
  readonly readOnly: boolean;
  /** The name of the device that let this one in. */
  readonly parentName?: string;
}

/** A client that the relay can read. */
export interface PlaintextSessionView {
  readonly id: string;
  readonly peer: string;
  readonly since: number;
  readonly expiresAt: number;
}

export interface RuleView {
  readonly number: number;
  readonly effect: "allow" | "deny";
  readonly methods: readonly string[];
  readonly prefix: string;
  readonly device?: string;
}

export type ProxyView =
  | { readonly kind: "system" }
  | { readonly kind: "none" }
  /** Without the password; `hasPassword` says there is one. */
  | { readonly kind: "manual"; readonly url: string; readonly hasPassword: boolean };

export interface SettingsValues {
  /** Empty before the first run's answer. */
  readonly relayUrl: string;
  readonly hasEnrollKey: boolean;
  readonly apiUrl: string;
  readonly pcName: string;
  readonly askBeforePairing: boolean;
  readonly plaintext: "auto" | "allow" | "refuse";
  /** What `plaintext` comes to at this moment. */
  readonly plaintextIsAllowed: boolean;
  readonly deviceExpiryDays: number;
  /** Absent where the system cannot start this build. */
  readonly startAtLogin?: boolean;
  readonly proxy: ProxyView;
  readonly language: "system" | "en" | "ja";
  readonly checkForUpdates: boolean;
}

export interface AboutView {
  readonly version: string;
  /** Part and its version: Electron, Chromium, Node. */
  readonly parts: readonly (readonly [name: string, version: string])[];
  /** Package and its licence. */
  readonly licences: readonly (readonly [name: string, licence: string])[];
  readonly nodeId: string;
  /** A newer release, when the owner lets the app look and there is one. */
  readonly newerVersion?: string;
}

export interface SettingsView extends AppView {
  /** No relay yet: leads to its address. */
  readonly firstRun: boolean;
  /** Where the menu or another window led, and how many times one has: only a new time counts. */
  readonly led: {
    readonly section: SettingsSection;
    readonly times: number;
    /** The device whose name is to be typed. */
    readonly renamed?: string;
  };
  readonly status: StatusView;
  /** Where secrets rest. When not `ready`, nothing can be saved. */
  readonly keychain: "ready" | "missing" | "locked" | "failed";
  /** Names of stored items that cannot be read. They were left as they are. */
  readonly damaged: readonly string[];
  readonly values: SettingsValues;
  readonly devices: readonly DeviceView[];
  readonly plaintextSessions: readonly PlaintextSessionView[];
  readonly rules: readonly RuleView[];
  /** Numbers of rules that cannot be read; while there is one, everything is refused. */
  readonly damagedRules: readonly number[];
  /** Names of the owner's headers. */
  readonly headers: readonly string[];
  readonly about: AboutView;
}
