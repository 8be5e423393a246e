/**
 * The tray app whole, for tests: its real main process on the Electron double, its real windows in Chromium, a real relay,
 * a local API, and a real client. Only Electron and the keychain's library are doubles.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import type { Pairing } from "#shared/client/pairing.ts";
import { createRelayClient, type RelaySession } from "#shared/client/relay-client.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import { createCryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { wsSockets } from "../../desktop/connect/ws-sockets.ts";
import { systemClock } from "../../desktop/core/clock.ts";
import { memorySecrets } from "../../desktop/core/secrets/memory.ts";
import type { SecretStore } from "../../desktop/core/secrets/secret-store.ts";
import { type DesktopOptions, startDesktop } from "../../desktop/electron/start-desktop.ts";
import { ElectronDouble } from "../../desktop/electron/testing/electron-double.ts";
import { loadSettings } from "../../desktop/tray/settings/settings-store.ts";
import type { SettingKey } from "../../desktop/tray/settings/tray-settings.ts";
import type { TrayApp } from "../../desktop/tray/tray-app.ts";
import { checkout } from "../support/checkout.ts";
import { type ChromiumHost, chromiumHost } from "./chromium-host.ts";

const backend = createCryptoBackend();

/** Waits for what will be so; the test's own timeout is the only limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Builds the app from the sources as they are, and gives its folder. */
export async function builtApp(): Promise<string> {
  await promisify(execFile)(process.execPath, [join(checkout, "esbuild.config.mjs"), "build", "desktop"]);
  return join(checkout, "dist", "desktop");
}

export interface TrayWorld {
  readonly electron: ElectronDouble;
  readonly app: TrayApp;
  readonly host: ChromiumHost | undefined;
  readonly store: SecretStore;
  readonly logs: string;
  /** The page of an open window. */
  page(name: "pairing" | "activity" | "settings"): Promise<Page>;
  close(): Promise<void>;
}

export interface TrayWorldOptions {
  readonly built: string;
  /** Windows are shown; left out: they exist, and nobody looks. */
  readonly browser?: Browser;
  readonly settings?: Partial<Record<SettingKey, unknown>>;
  readonly store?: SecretStore;
  readonly args?: readonly string[];
  readonly electron?: Partial<ConstructorParameters<typeof ElectronDouble>[0]>;
  readonly desktop?: Partial<DesktopOptions>;
}

export async function trayWorld(options: TrayWorldOptions): Promise<TrayWorld> {
  const home = await mkdtemp(join(tmpdir(), "ora-tray-"));
  try {
    return await startWorld(home, options);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

async function startWorld(home: string, options: TrayWorldOptions): Promise<TrayWorld> {
  const { built, browser, store = memorySecrets(), args = [] } = options;
  const logs = join(home, "logs");
  const host = browser && chromiumHost({ browser, built, electron: () => electron });
  const electron: ElectronDouble = new ElectronDouble({ logs, ...(host && { host }), ...options.electron });
  if (options.settings !== undefined) {
    const settings = await loadSettings(store);
    for (const [key, value] of Object.entries(options.settings)) {
      const problem = await settings.save(key as SettingKey, value);
      if (problem !== undefined) throw new Error(`${key}: ${problem}`);
    }
  }
  const app = await startDesktop({
    electron: electron.port,
    clock: systemClock,
    backend: () => backend,
    openStore: async () => store,
    claim: async () => ({ close: async () => undefined }),
    platform: "linux",
    machineName: "Studio PC",
    args,
    env: { XDG_CURRENT_DESKTOP: "ubuntu:GNOME" },
    places: {
      pages: join(built, "pages"),
      preload: join(built, "preload.cjs"),
      assets: join(built, "assets"),
      licences: join(built, "licences.txt"),
      executable: "/opt/ora/ora",
      stateDir: join(home, "state"),
      home,
    },
    about: { version: "1.0.0", parts: [["Electron", "0"]], licences: [["ws", "MIT"]] },
    repository: "someone/ora-relay",
    interfaces: () => ({}),
    onUncaught: () => undefined,
    ...options.desktop,
  });
  if (app === undefined) throw new Error("the app did not start");
  return {
    electron,
    app,
    host,
    store,
    logs,
    async page(name) {
      if (host === undefined) throw new Error("nobody shows windows");
      await until(() => electron.window(name)?.page !== undefined);
      const window = electron.window(name);
      if (window === undefined) throw new Error("the window is gone");
      return host.page(window);
    },
    async close() {
      for (const window of electron.windows) window.destroy();
      try {
        await app.stop();
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    },
  };
}

export interface Phone {
  readonly pairing: Pairing;
  /** Why it was not connected, each time. */
  readonly problems: readonly string[];
  /** Once the PC has let it in. */
  session(): Promise<RelaySession>;
}

/** A real client, before it is let in. */
export async function phone(relay: string, text: string, name = "Pixel 9"): Promise<Phone> {
  const client = createRelayClient({ sockets: wsSockets(), backend });
  const deviceKey = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
  const pairing = await client.pair(text, { deviceKey, name, relay });
  pairing.completed.catch(() => undefined);
  const problems: string[] = [];
  const stateChanged = (state: SessionState) => {
    if ("problem" in state && state.problem !== undefined) problems.push(state.problem.code);
  };
  return {
    pairing,
    problems,
    session: async () => client.connect(await pairing.completed, { deviceKey, stateChanged }),
  };
}
