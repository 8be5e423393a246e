/** What the tray app needs of the desktop around it. Electron implements these; tests do too. */

import type { WindowPushes } from "../windows/contract/bridge.ts";
import type { WindowName } from "../windows/contract/command-names.ts";
import type { RingState } from "../windows/contract/status-view.ts";
import type { MenuItem } from "./menu-model.ts";

export interface Shown {
  readonly mark: RingState;
  readonly tooltip: string;
  readonly menu: readonly MenuItem[];
}

export interface Announcement {
  readonly title: string;
  readonly body: string;
  /** A button, where the system has them, and what it does. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** A click on it. */
  readonly clicked?: () => void;
}

export interface Question {
  readonly title: string;
  readonly body: string;
  /** Names what it does. */
  readonly confirm: string;
  readonly cancel: string;
}

export interface DesktopPort {
  /** Icon, tooltip and menu, whole. */
  render(shown: Shown): void;
  openWindow(name: WindowName, title: string): void;
  isOpen(name: WindowName): boolean;
  /** Tells an open window; does nothing for another. */
  push<Name extends WindowName>(name: Name, view: WindowPushes[Name]): void;
  announce(announcement: Announcement): void;
  /** True when the owner said yes. */
  ask(question: Question): Promise<boolean>;
  tell(title: string, body: string): void;
  copy(text: string): void;
  openLogs(): void;
  openLicences(): void;
  /** The project's page of releases; the address is the app's own. */
  openReleases(): void;
  /** Writes a text where the owner says; false when he closed the dialog. */
  saveAs(name: string, content: string): Promise<boolean>;
  /** Undefined where the system does not tell. */
  startsAtLogin(): Promise<boolean | undefined>;
  setStartsAtLogin(on: boolean): Promise<void>;
  /** The newest release's version; undefined when there is none to know. */
  newestVersion(): Promise<string | undefined>;
  systemLanguages(): readonly string[];
  quit(): void;
}
