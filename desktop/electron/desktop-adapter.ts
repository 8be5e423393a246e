/** Everything the app does to the desktop around it, done with Electron: thin, without a decision of its own. */
import { writeFile } from "node:fs/promises";
import type { Announcement, DesktopPort, Question } from "../tray/app-ports.ts";
import type { AppWindows } from "./app-windows.ts";
import type { ElectronPort } from "./electron-port.ts";
import type { LoginItem } from "./login-item.ts";
import { newestRelease, releasePage } from "./newest-release.ts";
import type { TrayIcon } from "./tray-icon.ts";

export interface DesktopAdapterOptions {
  readonly electron: ElectronPort;
  readonly windows: AppWindows;
  readonly icon: TrayIcon;
  readonly login: LoginItem;
  readonly repository: string | undefined;
  readonly logs: string;
  readonly licences: string;
  readonly quit: () => void;
  readonly fault: (error: unknown) => void;
}

const CANCEL = 0;
const CONFIRM = 1;

export function desktopAdapter(options: DesktopAdapterOptions): DesktopPort {
  const { electron, windows, icon, login, repository, logs, licences, quit, fault } = options;
  /** The system drops notifications that nobody holds. */
  const shown = new Set<object>();

  const open = (path: string) => void electron.shell.openPath(path).catch(fault);

  return {
    render: (what) => icon.show(what),
    openWindow: (name, title) => windows.show(name, title),
    isOpen: (name) => windows.isOpen(name),
    push: (name, view) => windows.push(name, view),
    announce({ title, body, action, clicked }: Announcement) {
      if (!electron.Notification.isSupported()) return;
      const notification = new electron.Notification({
        title,
        body,
        ...(action !== undefined && { actions: [{ type: "button" as const, text: action.label }] }),
      });
      shown.add(notification);
      notification.on("action", () => action?.run());
      notification.on("click", () => clicked?.());
      notification.on("close", () => shown.delete(notification));
      notification.show();
    },
    async ask({ title, body, confirm, cancel }: Question) {
      const { response } = await electron.dialog.showMessageBox({
        type: "warning",
        message: title,
        detail: body,
        buttons: [cancel, confirm],
        defaultId: CANCEL,
        cancelId: CANCEL,
        noLink: true,
      });
      return response === CONFIRM;
    },
    tell(title, body) {
      electron.dialog.showMessageBox({ type: "error", message: title, detail: body }).catch(fault);
    },
    copy: (text) => void electron.clipboard.writeText(text).catch(fault),
    openLogs: () => open(logs),
    openLicences: () => open(licences),
    openReleases() {
      const page = releasePage(repository);
      if (page !== undefined) electron.shell.openExternal(page).catch(fault);
    },
    async saveAs(name, content) {
      const { canceled, filePath } = await electron.dialog.showSaveDialog({ defaultPath: name });
      if (canceled || filePath === "") return false;
      await writeFile(filePath, content, { mode: 0o600 });
      return true;
    },
    startsAtLogin: () => login.isOn(),
    setStartsAtLogin: (on) => login.set(on),
    newestVersion: () => newestRelease({ repository, fetch: (url, init) => electron.net.fetch(url, init) }),
    systemLanguages: () => electron.app.getPreferredSystemLanguages(),
    quit,
  };
}
