/** The entry of the tray app: hands the real Electron, keychain and places to `startDesktop`, and does nothing else. */
import { readFileSync } from "node:fs";
import { homedir, hostname, networkInterfaces, userInfo } from "node:os";
import { join } from "node:path";
import { argv, env, execPath, platform, versions } from "node:process";
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeImage,
  nativeTheme,
  net,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
} from "electron";
import { type CryptoBackend, createCryptoBackend } from "#shared/crypto/backend.ts";
import { VERSION } from "#shared/protocol/version.ts";
import { systemClock } from "../core/clock.ts";
import { controlAddress } from "../core/control/address.ts";
import { listenForCommands } from "../core/control/control-server.ts";
import { keychainSecrets } from "../core/secrets/keychain.ts";
import { defaultStateDir } from "../core/state-dir.ts";
import type { ElectronPort } from "./electron-port.ts";
import { readLicences } from "./licences.ts";
import { logindLock } from "./linux-lock.ts";
import { startDesktop } from "./start-desktop.ts";

/** Set by the build: `owner/name` of the page with the releases, or empty. */
declare const ORA_REPOSITORY: string;

const KEYCHAIN_SERVICE = "ora-relay";

const electron: ElectronPort = {
  app,
  BrowserWindow,
  Tray,
  Menu,
  Notification,
  nativeImage,
  nativeTheme,
  ipcMain,
  protocol,
  session,
  powerMonitor,
  clipboard,
  dialog,
  shell,
  screen,
  net,
};

const home = homedir();
const stateDir = defaultStateDir(env, { platform, home });
let backend: CryptoBackend | undefined;

/** As the headless node names its user, so that the two exclude each other. */
function userName(): string {
  const { uid, username } = userInfo();
  return uid >= 0 ? String(uid) : username;
}

void startDesktop({
  electron,
  clock: systemClock,
  backend: () => {
    backend ??= createCryptoBackend();
    return backend;
  },
  openStore: () => keychainSecrets({ service: KEYCHAIN_SERVICE, clock: systemClock }),
  claim: (run) => listenForCommands(controlAddress({ stateDir, platform, user: userName() }), run),
  platform,
  machineName: hostname(),
  args: argv.slice(1),
  env,
  places: {
    pages: join(__dirname, "pages"),
    preload: join(__dirname, "preload.cjs"),
    assets: join(__dirname, "assets"),
    licences: app.isPackaged ? join(process.resourcesPath, "licences.txt") : join(__dirname, "licences.txt"),
    executable: execPath,
    stateDir,
    home,
  },
  about: {
    version: VERSION,
    parts: [
      ["Electron", versions.electron ?? ""],
      ["Chromium", versions.chrome ?? ""],
      ["Node.js", versions.node],
    ],
    licences: readLicences(() => readFileSync(join(__dirname, "licences.json"), "utf8")),
  },
  repository: ORA_REPOSITORY === "" ? undefined : ORA_REPOSITORY,
  interfaces: networkInterfaces,
  ...(platform === "linux" && { isScreenLocked: logindLock(env) }),
  onUncaught(handle) {
    process.on("uncaughtException", handle);
    process.on("unhandledRejection", handle);
  },
});
