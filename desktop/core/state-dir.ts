/**
 * Where the node keeps what outlives it, by the custom of each system: XDG state on Linux and other Unixes,
 * Application Support on macOS, LOCALAPPDATA on Windows. Nothing is created here.
 */
import { posix, win32 } from "node:path";
import type { Environment } from "#shared/config/settings.ts";

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** The state directory when `ORA_NODE_STATE_DIR` is unset. */
export function defaultStateDir(env: Environment, { platform, home }: Machine): string {
  if (platform === "win32") {
    return win32.join(env.LOCALAPPDATA || win32.join(home, "AppData", "Local"), "ORA Relay");
  }
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "ORA Relay");
  // The XDG rules: a relative path is to be ignored.
  const state = env.XDG_STATE_HOME?.startsWith("/")
    ? env.XDG_STATE_HOME
    : posix.join(home, ".local", "state");
  return posix.join(state, "ora-relay");
}
