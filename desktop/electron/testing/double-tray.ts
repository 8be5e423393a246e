/** The tray icon of the double: what it shows, and a person who chooses from its menu. */
import type * as Electron from "electron";
import type { TrayPort } from "../electron-port.ts";
import { Happenings } from "./happenings.ts";

type MenuEntry = Electron.MenuItemConstructorOptions;

export class DoubleTray implements TrayPort {
  readonly happenings = new Happenings();
  readonly on = this.happenings.on;
  image: string;
  tooltip = "";
  isRemoved = false;
  private entries: readonly MenuEntry[] = [];

  constructor(image: Electron.NativeImage | string) {
    this.image = imagePath(image);
  }

  setImage(image: Electron.NativeImage | string): void {
    this.image = imagePath(image);
  }
  setToolTip(text: string): void {
    this.tooltip = text;
  }
  setContextMenu(menu: Electron.Menu | null): void {
    this.entries = menu as unknown as readonly MenuEntry[];
  }
  popUpContextMenu(): void {
    // Nothing to see.
  }
  destroy(): void {
    this.isRemoved = true;
  }

  /** Labels from the top, those of submenus after their own. */
  labels(entries: readonly MenuEntry[] = this.entries): string[] {
    return entries.flatMap(({ label, submenu }) => [
      ...(label === undefined ? [] : [label]),
      ...(Array.isArray(submenu) ? this.labels(submenu) : []),
    ]);
  }

  /** Chooses an entry by what stands in it, submenus on the way. */
  choose(...path: readonly (string | RegExp)[]): void {
    let entries = this.entries;
    let found: MenuEntry | undefined;
    for (const part of path) {
      found = entries.find(({ label = "" }) =>
        typeof part === "string" ? label === part : part.test(label),
      );
      if (found === undefined)
        throw new Error(`no ${String(part)} among ${this.labels(entries).join(" | ")}`);
      entries = Array.isArray(found.submenu) ? found.submenu : [];
    }
    if (found?.enabled === false) throw new Error(`${String(path.at(-1))} is disabled`);
    const click = found?.click as (() => void) | undefined;
    click?.();
  }
}

function imagePath(image: Electron.NativeImage | string): string {
  return typeof image === "string" ? image : (image as unknown as { path: string }).path;
}
