/**
 * The whole main process, from its parts: the lock of the single instance first, then everything that shuts pages off,
 * then the app. What it runs on (Electron, the keychain, the file system's places) is handed in, so that all of it runs
 * in a test.
 */

import type { NetworkInterfaceInfo } from "node:os";
import type { Environment } from "#shared/config/settings.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import type { Clock } from "../core/clock.ts";
import type { ControlServer, RunCommand } from "../core/control/control-server.ts";
import type { SecretStore } from "../core/secrets/secret-store.ts";
import { findApis } from "../tray/checks/find-apis.ts";
import { listeningPorts } from "../tray/checks/listeners.ts";
import { MenuCommands } from "../tray/menu-commands.ts";
import { watchNetwork } from "../tray/network-watch.ts";
import { ownerCommands } from "../tray/owner-commands.ts";
import { TrayApp } from "../tray/tray-app.ts";
import { WindowCommands } from "../tray/window-commands.ts";
import type { AboutView } from "../windows/contract/settings-view.ts";
import { AppWindows } from "./app-windows.ts";
import { LINK_SCHEME, windowOfArguments, windowOfLink } from "./deep-link.ts";
import { desktopAdapter } from "./desktop-adapter.ts";
import type { ElectronPort } from "./electron-port.ts";
import { openDoor } from "./ipc-door.ts";
import { watchLock } from "./linux-lock.ts";
import { lockDownContents, lockDownSession } from "./lock-down.ts";
import { logFile } from "./log-file.ts";
import { isStartedAtLogin, loginItem } from "./login-item.ts";
import { releaseAddress } from "./newest-release.ts";
import { PRIVILEGED, SCHEME, servePages } from "./page-scheme.ts";
import { watchPower } from "./power.ts";
import { quitter } from "./quit.ts";
import { TrayIcon } from "./tray-icon.ts";

export interface DesktopPlaces {
  /** The built pages. */
  readonly pages: string;
  readonly preload: string;
  /** The icons; holds `tray/` and `app/`. */
  readonly assets: string;
  /** A text file with the licences of everything that is packed. */
  readonly licences: string;
  readonly executable: string;
  readonly stateDir: string;
  readonly home: string;
}

export interface DesktopOptions {
  readonly electron: ElectronPort;
  readonly clock: Clock;
  readonly backend: () => CryptoBackend;
  readonly openStore: () => Promise<SecretStore>;
  /** Makes this the only node of its user, and takes the owner's commands. @throws {ControlError} */
  readonly claim: (run: RunCommand) => Promise<ControlServer>;
  readonly platform: NodeJS.Platform;
  readonly machineName: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly places: DesktopPlaces;
  readonly about: Omit<AboutView, "nodeId" | "newerVersion">;
  /** `owner/name` on GitHub, where releases are. */
  readonly repository: string | undefined;
  /** This machine's network, as it is now. */
  readonly interfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
  /** Whether the screen is locked, where the system does not tell by itself; undefined when nobody can say. */
  readonly isScreenLocked?: () => Promise<boolean | undefined>;
  /** What nobody caught, process-wide. */
  readonly onUncaught: (handle: (error: unknown) => void) => void;
}

const APP_ID = "relay.ora.desktop";
/** How soon after a start at login the system's own activation comes. */
const OWN_ACTIVATE_MS = 10_000;

/** Resolves once the app runs; undefined when another instance does, which then shows its window. */
export async function startDesktop(options: DesktopOptions): Promise<TrayApp | undefined> {
  const { electron, clock, platform, args, env, places, about, repository, machineName } = options;
  const { app } = electron;
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return undefined;
  }
  app.enableSandbox();
  app.setName("ORA Relay");
  app.setAppUserModelId(APP_ID);
  electron.protocol.registerSchemesAsPrivileged([PRIVILEGED]);
  lockDownContents(app);

  const log = logFile({ directory: app.getPath("logs"), clock });
  const fault = (error: unknown) => log.fault(error);
  options.onUncaught(fault);

  await app.whenReady();
  lockDownSession(
    electron.session.defaultSession,
    repository === undefined ? undefined : releaseAddress(repository),
  );
  electron.protocol.handle(SCHEME, servePages(places.pages));
  electron.Menu.setApplicationMenu(
    // On macOS a field takes copy and paste from the menu alone.
    platform === "darwin"
      ? electron.Menu.buildFromTemplate([{ role: "appMenu" }, { role: "editMenu" }, { role: "windowMenu" }])
      : null,
  );
  app.dock?.hide();
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);

  const system = platform === "darwin" ? "mac" : platform === "win32" ? "windows" : "linux";
  const systemProxy = (relay: URL) =>
    electron.session.defaultSession.resolveProxy(relay.href.replace(/^ws/, "http")).catch(() => "DIRECT");

  const isQuiet = isStartedAtLogin({ app, platform, args });
  const startedAt = clock.now();

  const windows = new AppWindows({
    electron,
    preload: places.preload,
    icon: `${places.assets}/app/${system === "windows" ? "icon.ico" : "linux/256x256.png"}`,
    closed: (name) => tray.windowClosed(name),
    fault,
  });
  const icon = new TrayIcon({
    electron,
    assets: places.assets,
    platform: system,
    desktop: env.XDG_CURRENT_DESKTOP ?? "",
    perform: (command) => void menu.perform(command),
  });
  const quit = quitter({
    app,
    clock,
    async stop() {
      network.stop();
      lock?.stop();
      windows.closeAll();
      await tray.stop();
      icon.remove();
      await log.written();
    },
  });
  const desktop = desktopAdapter({
    electron,
    windows,
    icon,
    login: loginItem({ app, platform, env, home: places.home, executable: places.executable }),
    repository,
    logs: app.getPath("logs"),
    licences: places.licences,
    quit,
    fault,
  });
  const tray: TrayApp = new TrayApp({
    keeper: {
      clock,
      backend: options.backend,
      openStore: options.openStore,
      claim: () =>
        options.claim(
          ownerCommands({ node: () => tray.keeper.node, clock, changed: () => tray.keeper.refresh() }),
        ),
      machine: { platform, home: places.home },
      machineName,
      stateDir: places.stateDir,
      systemProxy,
    },
    desktop,
    platform: system,
    about,
    fault,
    isQuiet,
  });
  const menu = new MenuCommands(tray);
  const commands = new WindowCommands({
    app: tray,
    clock,
    backend: options.backend,
    systemProxy,
    findApis: async () => findApis(await listeningPorts({ platform }), new Set()),
  });
  openDoor({
    ipcMain: electron.ipcMain,
    windowOf: (id) => windows.windowOf(id),
    view: (name) => tray.view(name),
    command: (command) => commands.run(command),
  });

  const openWindow = (name: ReturnType<typeof windowOfLink>) => {
    if (name === "settings") tray.openSettings("relay");
    else if (name === "activity") tray.openActivity();
    else tray.openPairing();
  };
  app.on("second-instance", (_event, argv) => openWindow(windowOfArguments(argv)));
  app.on("activate", () => {
    // macOS also sends this when it starts the app by itself.
    if (!isQuiet || clock.now() - startedAt > OWN_ACTIVATE_MS) tray.openPairing();
  });
  app.on("open-url", (event, url) => {
    event.preventDefault();
    if (windowOfLink(url) !== undefined) openWindow(windowOfLink(url));
  });
  // Closing the last window leaves the icon.
  app.on("window-all-closed", () => undefined);
  app.on("before-quit", (event) => {
    event.preventDefault();
    quit();
  });
  watchPower(electron.powerMonitor, tray, quit);
  const network = watchNetwork({ clock, interfaces: options.interfaces, changed: () => tray.wakes() });
  const { isScreenLocked } = options;
  const lock =
    isScreenLocked &&
    watchLock({
      clock,
      isLocked: isScreenLocked,
      isNeeded: () => windows.isOpen("pairing"),
      changed: (locked) => tray.screen(locked),
    });
  log.event("started", { version: about.version });
  await tray.start();
  const asked = windowOfArguments(args);
  if (asked === "settings" || asked === "activity") openWindow(asked);
  return tray;
}
