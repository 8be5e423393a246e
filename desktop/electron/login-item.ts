/**
 * Starting at login: the system's own list on macOS and Windows, an XDG autostart file on Linux. The system is asked each
 * time and nothing is remembered here, so that what the owner changes elsewhere is what is shown. Such a start is quiet.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { posix } from "node:path";
import type { Environment } from "#shared/config/settings.ts";
import type { ElectronPort } from "./electron-port.ts";

/** How a start at login is told from one by hand. */
export const QUIET_ARGUMENT = "--at-login";

export interface LoginItem {
  /** Undefined where this build cannot be started by the system. */
  isOn(): Promise<boolean | undefined>;
  set(on: boolean): Promise<void>;
}

export interface LoginItemOptions {
  readonly app: Pick<ElectronPort["app"], "getLoginItemSettings" | "setLoginItemSettings" | "isPackaged">;
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
  readonly home: string;
  /** What the system is to start. */
  readonly executable: string;
}

export function loginItem({ app, platform, env, home, executable }: LoginItemOptions): LoginItem {
  // From a checkout the executable is Electron itself, which would start without the app.
  if (!app.isPackaged) return { isOn: async () => undefined, set: async () => undefined };
  if (platform === "linux") return xdgAutostart({ env, home, executable });
  const args = [QUIET_ARGUMENT];
  return {
    isOn: async () => app.getLoginItemSettings({ args }).openAtLogin,
    set: async (on) => app.setLoginItemSettings({ openAtLogin: on, args }),
  };
}

/** Whether the system started the app when its user logged in. macOS passes no arguments, and says so itself. */
export function isStartedAtLogin(options: {
  readonly app: Pick<ElectronPort["app"], "getLoginItemSettings">;
  readonly platform: NodeJS.Platform;
  readonly args: readonly string[];
}): boolean {
  const { app, platform, args } = options;
  if (args.includes(QUIET_ARGUMENT)) return true;
  return platform === "darwin" && app.getLoginItemSettings().wasOpenedAtLogin;
}

/** The rules of freedesktop.org's autostart specification, and of its desktop entries for quoting. */
export function xdgAutostart(options: Pick<LoginItemOptions, "env" | "home" | "executable">): LoginItem {
  const { env, home } = options;
  // An AppImage runs from a mount that is gone at the next start.
  const executable = env.APPIMAGE?.startsWith("/") ? env.APPIMAGE : options.executable;
  const config = env.XDG_CONFIG_HOME?.startsWith("/") ? env.XDG_CONFIG_HOME : posix.join(home, ".config");
  const directory = posix.join(config, "autostart");
  const path = posix.join(directory, "ora-relay.desktop");
  return {
    async isOn() {
      const text = await readFile(path, "utf8").catch((error: unknown) => {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "ENOENT" || code === "ENOTDIR") return undefined;
        throw error;
      });
      return (
        text !== undefined &&
        !/^\s*(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/im.test(text)
      );
    },
    async set(on) {
      if (!on) return rm(path, { force: true });
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(path, desktopEntry(executable));
    },
  };
}

function desktopEntry(executable: string): string {
  // Quoted for Exec, then escaped as a string value; `%` would begin a field code.
  const quoted = `"${executable.replace(/(["`$\\])/g, "\\$1")}"`
    .replaceAll("\\", "\\\\")
    .replaceAll("%", "%%");
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=ORA Relay",
    `Exec=${quoted} ${QUIET_ARGUMENT}`,
    "Terminal=false",
    "X-GNOME-Autostart-enabled=true",
    "",
  ].join("\n");
}
