/**
 * The app's windows: one of each kind at most, each sandboxed and shut off, made when it is asked for and gone when it is
 * closed. The pairing window is kept out of screen captures where the system can do that.
 */
import type { WindowPushes } from "../windows/contract/bridge.ts";
import type { WindowName } from "../windows/contract/command-names.ts";
import type { ElectronPort, WindowPort } from "./electron-port.ts";
import { PUSH_CHANNEL } from "./ipc-channels.ts";
import { pageUrl } from "./page-scheme.ts";

const SIZES: Readonly<
  Record<WindowName, { width: number; height: number; minWidth: number; minHeight: number }>
> = {
  pairing: { width: 420, height: 680, minWidth: 360, minHeight: 520 },
  activity: { width: 960, height: 640, minWidth: 480, minHeight: 360 },
  settings: { width: 820, height: 680, minWidth: 480, minHeight: 420 },
};
const PAPER = { light: "#FBFAF7", dark: "#14161A" } as const;

export interface AppWindowsOptions {
  readonly electron: Pick<ElectronPort, "BrowserWindow" | "nativeTheme">;
  readonly preload: string;
  /** Shown by window managers. */
  readonly icon: string;
  readonly closed: (name: WindowName) => void;
  readonly fault: (error: unknown) => void;
}

export class AppWindows {
  private readonly options: AppWindowsOptions;
  private readonly open = new Map<WindowName, WindowPort>();

  constructor(options: AppWindowsOptions) {
    this.options = options;
  }

  isOpen(name: WindowName): boolean {
    return this.open.has(name);
  }

  /** Shows the window, making it if need be. */
  show(name: WindowName, title: string): void {
    const there = this.open.get(name);
    if (there !== undefined && !there.isDestroyed()) {
      if (there.isMinimized()) there.restore();
      there.setTitle(title);
      there.show();
      there.focus();
      return;
    }
    const window = this.make(name, title);
    this.open.set(name, window);
    window.on("closed", () => {
      if (this.open.get(name) !== window) return;
      this.open.delete(name);
      this.options.closed(name);
    });
    window.once("ready-to-show", () => window.show());
    // A page that dies takes its window with it, and nothing else.
    window.webContents.on("render-process-gone", () => {
      if (!window.isDestroyed()) window.destroy();
    });
    window.loadURL(pageUrl(name)).catch(this.options.fault);
  }

  push<Name extends WindowName>(name: Name, view: WindowPushes[Name]): void {
    const window = this.open.get(name);
    if (window === undefined || window.isDestroyed() || window.webContents.isDestroyed()) return;
    window.webContents.send(PUSH_CHANNEL, name, view);
  }

  windowOf(contentsId: number): WindowName | undefined {
    for (const [name, window] of this.open) {
      if (!window.isDestroyed() && window.webContents.id === contentsId) return name;
    }
    return undefined;
  }

  closeAll(): void {
    for (const window of [...this.open.values()]) if (!window.isDestroyed()) window.destroy();
  }

  private make(name: WindowName, title: string): WindowPort {
    const { electron, preload, icon } = this.options;
    const window = new electron.BrowserWindow({
      ...SIZES[name],
      useContentSize: true,
      title,
      icon,
      show: false,
      autoHideMenuBar: true,
      fullscreenable: name === "activity",
      backgroundColor: electron.nativeTheme.shouldUseDarkColors ? PAPER.dark : PAPER.light,
      webPreferences: {
        preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        enableWebSQL: false,
        devTools: false,
      },
    });
    window.setMenuBarVisibility(false);
    if (name === "pairing") window.setContentProtection(true);
    // The title is the app's, in the chosen language; the page's own would replace it.
    window.on("page-title-updated", (event) => event.preventDefault());
    return window;
  }
}
