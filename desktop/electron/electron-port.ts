/**
 * The part of Electron that the app uses, in Electron's own types. `main.ts` hands in the real thing, tests a double; both
 * must fit this, so neither can drift from what the pinned Electron really has.
 */
import type * as Electron from "electron";

export type WebContentsPort = Pick<
  Electron.WebContents,
  "id" | "on" | "send" | "setWindowOpenHandler" | "mainFrame" | "isDestroyed"
>;

export type WindowPort = Pick<
  Electron.BrowserWindow,
  | "loadURL"
  | "show"
  | "focus"
  | "isDestroyed"
  | "isMinimized"
  | "restore"
  | "destroy"
  | "on"
  | "once"
  | "setContentProtection"
  | "setMenuBarVisibility"
  | "setTitle"
> & { readonly webContents: WebContentsPort };

export type TrayPort = Pick<
  Electron.Tray,
  "setImage" | "setToolTip" | "setContextMenu" | "on" | "destroy" | "popUpContextMenu"
>;

export type NotificationPort = Pick<Electron.Notification, "on" | "show" | "close">;

export interface ElectronPort {
  readonly app: Pick<
    Electron.App,
    | "requestSingleInstanceLock"
    | "enableSandbox"
    | "setName"
    | "setAppUserModelId"
    | "setAsDefaultProtocolClient"
    | "whenReady"
    | "on"
    | "quit"
    | "exit"
    | "getPath"
    | "getPreferredSystemLanguages"
    | "getLoginItemSettings"
    | "setLoginItemSettings"
    | "isPackaged"
  > & { readonly dock?: Pick<Electron.Dock, "hide"> | undefined };
  readonly BrowserWindow: new (options: Electron.BrowserWindowConstructorOptions) => WindowPort;
  readonly Tray: new (image: Electron.NativeImage) => TrayPort;
  readonly Menu: {
    buildFromTemplate(template: Electron.MenuItemConstructorOptions[]): Electron.Menu;
    setApplicationMenu(menu: Electron.Menu | null): void;
  };
  readonly Notification: {
    new (options: Electron.NotificationConstructorOptions): NotificationPort;
    isSupported(): boolean;
  };
  readonly nativeImage: { createFromPath(path: string): Electron.NativeImage };
  readonly nativeTheme: Pick<
    Electron.NativeTheme,
    "shouldUseDarkColors" | "shouldUseDarkColorsForSystemIntegratedUI" | "on"
  >;
  readonly ipcMain: Pick<Electron.IpcMain, "handle">;
  readonly protocol: Pick<Electron.Protocol, "registerSchemesAsPrivileged" | "handle">;
  readonly session: { readonly defaultSession: SessionPort };
  readonly powerMonitor: Pick<Electron.PowerMonitor, "on">;
  readonly clipboard: Pick<Electron.Clipboard, "writeText">;
  readonly dialog: {
    showMessageBox(options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue>;
    showSaveDialog(options: Electron.SaveDialogOptions): Promise<Electron.SaveDialogReturnValue>;
  };
  readonly shell: Pick<Electron.Shell, "openPath" | "openExternal">;
  readonly screen: Pick<Electron.Screen, "getPrimaryDisplay">;
  readonly net: { fetch(url: string, init?: RequestInit): Promise<Response> };
}

export type SessionPort = Pick<
  Electron.Session,
  | "setPermissionRequestHandler"
  | "setPermissionCheckHandler"
  | "setDevicePermissionHandler"
  | "setSpellCheckerEnabled"
  | "resolveProxy"
  | "on"
> & { readonly webRequest: Pick<Electron.WebRequest, "onBeforeRequest"> };
