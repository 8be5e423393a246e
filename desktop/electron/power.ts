/** Sleep, wake, lock and unlock of the machine, passed on to the app; and its end, which is a quit like any other. */
import type { TrayApp } from "../tray/tray-app.ts";
import type { ElectronPort } from "./electron-port.ts";

export function watchPower(
  monitor: ElectronPort["powerMonitor"],
  app: Pick<TrayApp, "sleeps" | "wakes" | "screen">,
  quit: () => void,
): void {
  monitor.on("suspend", () => app.sleeps());
  monitor.on("resume", () => app.wakes());
  monitor.on("lock-screen", () => app.screen(true));
  monitor.on("unlock-screen", () => app.screen(false));
  monitor.on("shutdown", (event?: { preventDefault(): void }) => {
    // The system waits a moment for the goodbye, where it can.
    event?.preventDefault();
    quit();
  });
}
