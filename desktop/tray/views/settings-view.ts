/** What the settings window shows, made of the state, the stored settings and the node's memory. No secret is in it. */
import type { NodeCore } from "../../core/node-core.ts";
import type { AboutView, SettingsView } from "../../windows/contract/settings-view.ts";
import type { AppView } from "../../windows/contract/status-view.ts";
import type { AppState } from "../app-state.ts";
import { proxyView } from "../settings/proxy-view.ts";
import type { SettingsStore } from "../settings/settings-store.ts";
import { DEFAULT_SETTINGS } from "../settings/tray-settings.ts";
import { statusView, type WordsOptions } from "../status-words.ts";

export interface SettingsViewOptions extends WordsOptions {
  readonly app: AppView;
  readonly led: SettingsView["led"];
  readonly settings: SettingsStore | undefined;
  readonly node: NodeCore | undefined;
  readonly about: Omit<AboutView, "nodeId" | "newerVersion">;
}

/** As the rule book names its items. */
const RULE_ITEM = /^rule-(\d{1,6})$/;

export function settingsView(state: AppState, options: SettingsViewOptions): SettingsView {
  const { app, led, settings, node, about } = options;
  const facts = "node" in state ? state.node : undefined;
  const values = settings?.values ?? DEFAULT_SETTINGS;
  const names = new Map(facts?.devices.map(({ id, name }) => [id, name]));
  const newer = state.notices.find(({ code }) => code === "update_available")?.detail;
  return {
    ...app,
    firstRun: state.kind === "no_relay",
    led,
    status: statusView(state, options),
    keychain: keychain(state),
    damaged: [
      ...(settings?.damaged ?? []),
      ...(node === undefined
        ? []
        : [...node.devices.damaged, ...node.rules.damaged, ...node.headers.damaged]),
    ],
    values: {
      relayUrl: values.relayUrl ?? "",
      hasEnrollKey: values.enrollKey !== undefined,
      apiUrl: values.apiUrl,
      pcName: values.pcName ?? "",
      askBeforePairing: values.askBeforePairing,
      plaintext: values.plaintext,
      plaintextIsAllowed: facts?.allowsPlaintext ?? values.plaintext === "allow",
      deviceExpiryDays: values.deviceExpiryDays,
      ...(state.startsAtLogin !== undefined && { startAtLogin: state.startsAtLogin }),
      proxy: proxyView(values.proxy),
      language: values.language,
      checkForUpdates: values.checkForUpdates,
    },
    devices: (facts?.devices ?? []).map((device) => {
      const parentName = device.parent === undefined ? undefined : names.get(device.parent);
      return {
        id: device.id,
        name: device.name,
        created: device.created,
        lastSeen: device.lastSeen,
        connected: device.isConnected,
        readOnly: device.isReadOnly,
        ...(parentName !== undefined && { parentName }),
      };
    }),
    plaintextSessions: facts?.plaintext ?? [],
    rules: (node?.rules.list() ?? []).map(({ number, rule }) => ({ number, ...rule })),
    damagedRules: (node?.rules.damaged ?? []).flatMap((item) => RULE_ITEM.exec(item)?.[1] ?? []).map(Number),
    headers: node?.headers.names() ?? [],
    about: { ...about, nodeId: facts?.nodeId ?? "", ...(newer !== undefined && { newerVersion: newer }) },
  };
}

function keychain(state: AppState): SettingsView["keychain"] {
  if (state.kind !== "blocked") return "ready";
  switch (state.code) {
    case "keychain_missing":
      return "missing";
    case "keychain_locked":
      return "locked";
    case "keychain_failed":
      return "failed";
    default:
      return "ready";
  }
}
