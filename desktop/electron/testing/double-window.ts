/**
 * A BrowserWindow of the double. Whoever shows pages (a browser in a test, or nobody) gets the address and the way into
 * the main process, and is told what the main process sends. Its options are kept, so that a test can read them.
 */
import type * as Electron from "electron";
import type { WindowPort } from "../electron-port.ts";
import { Happenings, preventable } from "./happenings.ts";

/** The page in a window, wherever it is shown. */
export interface ShownPage {
  /** What the main process tells it. */
  deliver(channel: string, args: readonly unknown[]): void;
  close(): void;
}

export interface PageHost {
  open(window: DoubleWindow, url: string): Promise<ShownPage>;
}

let lastId = 0;

export class DoubleWindow {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly id: number;
  readonly contents = new Happenings();
  readonly happenings = new Happenings();
  readonly on = this.happenings.on;
  readonly once = this.happenings.once;
  readonly sent: { channel: string; args: readonly unknown[] }[] = [];
  readonly webContents: WindowPort["webContents"];
  title: string;
  url = "";
  isShown = false;
  isProtected = false;
  /** How often it was brought to the front. */
  focused = 0;
  page: ShownPage | undefined;
  private windowOpenHandler:
    | ((details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse)
    | undefined;
  private isGone = false;
  private readonly host: PageHost | undefined;

  constructor(
    options: Electron.BrowserWindowConstructorOptions,
    host: PageHost | undefined,
    created: (contents: object) => void,
  ) {
    this.options = options;
    this.host = host;
    this.title = options.title ?? "";
    lastId += 1;
    this.id = lastId;
    this.webContents = {
      id: this.id,
      on: this.contents.on,
      send: (channel: string, ...args: unknown[]) => {
        this.sent.push({ channel, args });
        this.page?.deliver(channel, args);
      },
      setWindowOpenHandler: (handler) => {
        this.windowOpenHandler = handler;
      },
      get mainFrame(): never {
        throw new Error("the app does not look at frames but those that send");
      },
      isDestroyed: () => this.isGone,
    };
    created(this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    this.url = url;
    this.page = await this.host?.open(this, url);
    if (this.isGone) this.page?.close();
    this.happenings.emit("ready-to-show");
  }

  show(): void {
    this.isShown = true;
  }
  focus(): void {
    this.focused += 1;
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {
    this.isShown = true;
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
  destroy(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.page?.close();
    this.happenings.emit("closed");
  }
  setContentProtection(on: boolean): void {
    this.isProtected = on;
  }
  setMenuBarVisibility(_visible: boolean): void {
    // Nothing to see.
  }
  setTitle(title: string): void {
    this.title = title;
  }

  /** What the app says to a page that wants to go somewhere. True when it may. */
  wouldNavigate(
    event: "will-navigate" | "will-redirect" | "will-attach-webview" | "will-frame-navigate",
  ): boolean {
    const { event: asked, prevented } = preventable();
    this.contents.emit(event, asked);
    return !prevented();
  }

  /** What becomes of `window.open`. */
  wouldOpen(url: string): "allow" | "deny" | undefined {
    const details = {
      url,
      frameName: "",
      features: "",
      disposition: "new-window",
      referrer: { url: "", policy: "default" },
    };
    return this.windowOpenHandler?.(details as Electron.HandlerDetails).action;
  }
}
