/**
 * The few APIs of Electron that the app uses, without Electron: what the app does is kept to be looked at, and what a
 * person or a system would do is a method. `satisfies ElectronPort` holds it to Electron's own types.
 */
import type * as Electron from "electron";
import type { ElectronPort, NotificationPort } from "../electron-port.ts";
import { DoubleTray } from "./double-tray.ts";
import { DoubleWindow, type PageHost } from "./double-window.ts";
import { Happenings, preventable } from "./happenings.ts";

export interface ElectronDoubleOptions {
  /** For logs. */
  readonly logs: string;
  /** Shows pages; left out: nobody does. */
  readonly host?: PageHost;
  readonly isFirstInstance?: boolean;
  readonly languages?: readonly string[];
  readonly isPackaged?: boolean;
  readonly wasOpenedAtLogin?: boolean;
}

export interface Announced {
  readonly title: string;
  readonly body: string;
  readonly buttons: readonly string[];
  press(): void;
  click(): void;
}

export class ElectronDouble {
  readonly windows: DoubleWindow[] = [];
  readonly announced: Announced[] = [];
  readonly copied: string[] = [];
  readonly opened: string[] = [];
  readonly asked: Electron.MessageBoxOptions[] = [];
  readonly trays: DoubleTray[] = [];
  readonly appEvents = new Happenings();
  readonly power = new Happenings();
  readonly theme = new Happenings();
  readonly sessionEvents = new Happenings();
  readonly schemes: Electron.CustomScheme[] = [];
  readonly calls: string[] = [];
  /** What the owner says to the next question. */
  answer = false;
  saveTo: string | undefined;
  isDark = false;
  exitCode: number | undefined;
  opensAtLogin = false;
  wasOpenedAtLogin = false;
  proxy = "DIRECT";
  release: () => Promise<Response> = () => Promise.reject(new Error("offline"));
  readonly port: ElectronPort;
  private readonly handlers = new Map<string, (event: object, ...args: unknown[]) => unknown>();
  private readonly pages = new Map<string, (request: never) => Response | Promise<Response>>();
  private permission: Parameters<Electron.Session["setPermissionRequestHandler"]>[0] = null;
  private requests: ((details: never, callback: (answer: Electron.CallbackResponse) => void) => void) | null =
    null;
  private exited: (code: number) => void = () => undefined;
  readonly exit = new Promise<number>((resolve) => {
    this.exited = resolve;
  });

  constructor(options: ElectronDoubleOptions) {
    this.wasOpenedAtLogin = options.wasOpenedAtLogin ?? false;
    this.port = this.makePort(options);
  }

  get tray(): DoubleTray {
    const tray = this.trays.at(-1);
    if (tray === undefined) throw new Error("there is no icon");
    return tray;
  }

  /** The window that shows this page and is open. */
  window(name: string): DoubleWindow | undefined {
    return this.windows.find((window) => !window.isDestroyed() && window.url.endsWith(`/${name}.html`));
  }

  /** A message of a page, from whichever frame. Rejects as `ipcRenderer.invoke` does. */
  async invoke(
    window: Pick<DoubleWindow, "id">,
    frame: { readonly url: string; readonly isMain?: boolean } | null,
    channel: string,
    args: readonly unknown[],
  ): Promise<unknown> {
    const handler = this.handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    const senderFrame =
      frame === null ? null : { url: frame.url, parent: frame.isMain === false ? {} : null };
    const copies: unknown[] = structuredClone([...args]);
    return structuredClone(await handler({ sender: { id: window.id }, senderFrame }, ...copies));
  }

  /** What the scheme of the pages answers. */
  async serve(url: string, method = "GET"): Promise<Response> {
    const handler = this.pages.get(new URL(url).protocol.replace(":", ""));
    if (handler === undefined) throw new Error("nobody serves this scheme");
    return handler({ url, method } as never);
  }

  grants(permission: string): boolean {
    let granted = true;
    const ask = this.permission as ((...args: unknown[]) => void) | null;
    ask?.({}, permission, (answer: boolean) => {
      granted = answer;
    });
    return granted;
  }

  /** Whether a request of a page would go out; `page: false` for one of the main process. */
  passes(url: string, { page = true } = {}): boolean {
    let cancelled = false;
    this.requests?.({ url, ...(page && { webContentsId: 1 }) } as never, (answer) => {
      cancelled = answer.cancel === true;
    });
    return !cancelled;
  }

  openLink(url: string): void {
    this.appEvents.emit("open-url", preventable().event, url);
  }

  startAgain(...args: string[]): void {
    this.appEvents.emit("second-instance", preventable().event, ["ora", ...args], "/");
  }

  private makePort({
    logs,
    host,
    isFirstInstance = true,
    languages = ["en-GB"],
    isPackaged = false,
  }: ElectronDoubleOptions) {
    const double = this;
    const note = (call: string) => {
      this.calls.push(call);
    };
    const notImplemented = (): never => {
      throw new Error("the app does not use this");
    };
    const { appEvents, windows, announced, trays } = this;
    const port = {
      app: {
        requestSingleInstanceLock: () => {
          note("lock");
          return isFirstInstance;
        },
        enableSandbox: () => note("sandbox"),
        setName: (name: string) => note(`name ${name}`),
        setAppUserModelId: (id: string) => note(`id ${id}`),
        setAsDefaultProtocolClient: (scheme: string) => {
          note(`protocol ${scheme}`);
          return true;
        },
        whenReady: async () => note("ready"),
        on: appEvents.on,
        quit: () => appEvents.emit("before-quit", preventable().event),
        exit: (code = 0) => {
          double.exitCode ??= code;
          double.exited(code);
        },
        getPath: (name) => (name === "logs" ? logs : notImplemented()),
        getPreferredSystemLanguages: () => [...languages],
        getLoginItemSettings: () =>
          ({
            openAtLogin: double.opensAtLogin,
            wasOpenedAtLogin: double.wasOpenedAtLogin,
          }) as Electron.LoginItemSettings,
        setLoginItemSettings: ({ openAtLogin = false }) => {
          double.opensAtLogin = openAtLogin;
        },
        isPackaged,
      },
      BrowserWindow: class extends DoubleWindow {
        constructor(options: Electron.BrowserWindowConstructorOptions) {
          super(options, host, (contents) => appEvents.emit("web-contents-created", {}, contents));
          windows.push(this);
        }
      },
      Tray: class extends DoubleTray {
        constructor(image: Electron.NativeImage) {
          super(image);
          trays.push(this);
        }
      },
      Menu: {
        // The double's menu is its template.
        buildFromTemplate: (template) => template as unknown as Electron.Menu,
        setApplicationMenu: () => note("no application menu"),
      },
      Notification: class implements Pick<NotificationPort, "on" | "show" | "close"> {
        static isSupported(): boolean {
          return true;
        }
        private readonly happenings = new Happenings();
        private readonly options: Electron.NotificationConstructorOptions;
        readonly on = this.happenings.on;
        constructor(options: Electron.NotificationConstructorOptions) {
          this.options = options;
        }
        show(): void {
          const { title = "", body = "", actions = [] } = this.options;
          announced.push({
            title,
            body,
            buttons: actions.map(({ text }) => text ?? ""),
            press: () => this.happenings.emit("action", {}, 0),
            click: () => this.happenings.emit("click", {}),
          });
        }
        close(): void {
          this.happenings.emit("close", {});
        }
      },
      nativeImage: { createFromPath: (path: string) => ({ path }) as unknown as Electron.NativeImage },
      nativeTheme: {
        get shouldUseDarkColors() {
          return double.isDark;
        },
        get shouldUseDarkColorsForSystemIntegratedUI() {
          return double.isDark;
        },
        on: this.theme.on,
      },
      ipcMain: {
        handle: (channel, listener) => {
          this.handlers.set(channel, listener as (event: object, ...args: unknown[]) => unknown);
        },
      },
      protocol: {
        registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => {
          note("scheme");
          this.schemes.push(...schemes);
        },
        handle: (scheme, handler) => {
          this.pages.set(scheme, handler as (request: never) => Promise<Response>);
        },
      },
      session: {
        defaultSession: {
          setPermissionRequestHandler: (handler) => {
            this.permission = handler;
          },
          setPermissionCheckHandler: (handler) => note(`check ${handler?.(null, "media", "", {} as never)}`),
          setDevicePermissionHandler: (handler) => note(`device ${handler?.({} as never)}`),
          setSpellCheckerEnabled: () => undefined,
          resolveProxy: async () => double.proxy,
          on: this.sessionEvents.on,
          webRequest: {
            onBeforeRequest: (...args: unknown[]) => {
              this.requests = args.at(-1) as typeof this.requests;
            },
          },
        },
      },
      powerMonitor: { on: this.power.on },
      clipboard: {
        writeText: async (text: string) => {
          this.copied.push(text);
        },
      },
      dialog: {
        showMessageBox: async (options) => {
          this.asked.push(options);
          return { response: double.answer ? 1 : 0, checkboxChecked: false };
        },
        showSaveDialog: async () => ({
          canceled: double.saveTo === undefined,
          filePath: double.saveTo ?? "",
        }),
      },
      shell: {
        openPath: async (path: string) => {
          this.opened.push(path);
          return "";
        },
        openExternal: async (url: string) => {
          this.opened.push(url);
        },
      },
      screen: { getPrimaryDisplay: () => ({ scaleFactor: 2 }) as Electron.Display },
      net: {
        // Requests of the main process meet the session's rules as well.
        fetch: (url: string) =>
          double.passes(url, { page: false })
            ? double.release()
            : Promise.reject(new Error("ERR_BLOCKED_BY_CLIENT")),
      },
    } satisfies ElectronPort;
    return port;
  }
}
