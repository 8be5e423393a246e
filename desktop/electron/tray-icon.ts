/**
 * The icon near the clock. It shows what it is told, whole: image, tooltip and menu, the menu set anew after each change
 * because a Linux panel keeps a copy. A double-click opens the pairing window; where clicks never come, the menu has it.
 */
import { join } from "node:path";
import type * as Electron from "electron";
import type { Shown } from "../tray/app-ports.ts";
import type { MenuItem } from "../tray/menu-model.ts";
import type { TrayCommand } from "../tray/tray-command.ts";
import type { AppView } from "../windows/contract/status-view.ts";
import type { ElectronPort, TrayPort } from "./electron-port.ts";
import { iconFile, isPanelAlwaysDark } from "./icon-file.ts";

export interface TrayIconOptions {
  readonly electron: Pick<ElectronPort, "Tray" | "Menu" | "nativeImage" | "nativeTheme" | "screen">;
  readonly assets: string;
  readonly platform: AppView["platform"];
  /** What the desktop calls itself, on Linux (`XDG_CURRENT_DESKTOP`). */
  readonly desktop: string;
  readonly perform: (command: TrayCommand) => void;
}

export class TrayIcon {
  private readonly options: TrayIconOptions;
  private tray: TrayPort | undefined;
  private shown: Shown | undefined;
  private image = "";
  private menu = "";
  private tooltip = "";

  constructor(options: TrayIconOptions) {
    this.options = options;
    // Panels change colour with the theme.
    options.electron.nativeTheme.on("updated", () => {
      if (this.shown !== undefined) this.show(this.shown);
    });
  }

  show(shown: Shown): void {
    this.shown = shown;
    const { electron } = this.options;
    const image = this.imagePath(shown);
    if (this.tray === undefined) this.tray = this.make(image);
    else if (image !== this.image) this.tray.setImage(electron.nativeImage.createFromPath(image));
    this.image = image;
    if (shown.tooltip !== this.tooltip) this.tray.setToolTip(shown.tooltip);
    this.tooltip = shown.tooltip;
    const menu = JSON.stringify(shown.menu);
    if (menu !== this.menu)
      this.tray.setContextMenu(electron.Menu.buildFromTemplate(this.template(shown.menu)));
    this.menu = menu;
  }

  remove(): void {
    this.tray?.destroy();
    this.tray = undefined;
  }

  private make(image: string): TrayPort {
    const { electron, platform, perform } = this.options;
    const tray = new electron.Tray(electron.nativeImage.createFromPath(image));
    tray.on("double-click", () => perform({ name: "show_code" }));
    // Windows opens by double-click; a single click on macOS shows the menu by itself; some Linux panels only click.
    if (platform === "linux") tray.on("click", () => perform({ name: "show_code" }));
    return tray;
  }

  private imagePath({ mark }: Shown): string {
    const { electron, assets, platform, desktop } = this.options;
    const { shouldUseDarkColors, shouldUseDarkColorsForSystemIntegratedUI } = electron.nativeTheme;
    const isDark =
      platform === "linux"
        ? isPanelAlwaysDark(desktop) || shouldUseDarkColors
        : // On Windows the task bar has a theme of its own.
          shouldUseDarkColorsForSystemIntegratedUI;
    const scale = electron.screen.getPrimaryDisplay().scaleFactor;
    return join(assets, iconFile(mark, { platform, isDark, scale }));
  }

  private template(items: readonly MenuItem[]): Electron.MenuItemConstructorOptions[] {
    return items.map((item) => this.entry(item));
  }

  private entry(item: MenuItem): Electron.MenuItemConstructorOptions {
    switch (item.kind) {
      case "separator":
        return { type: "separator" };
      case "text":
        return { label: item.label, enabled: false };
      case "action":
        return {
          label: item.label,
          enabled: item.isEnabled !== false,
          click: () => this.options.perform(item.command),
        };
      case "check":
        return {
          type: "checkbox",
          label: item.label,
          checked: item.isChecked,
          click: () => this.options.perform(item.command),
        };
      case "submenu":
        return { label: item.label, submenu: this.template(item.items) };
    }
  }
}
