/** Which icon file the tray wants: Template images on macOS, `.ico` on Windows, one bitmap of the right size on Linux. */
import type { RingState } from "../windows/contract/status-view.ts";

export interface IconChoice {
  readonly platform: "mac" | "windows" | "linux";
  /** The panel is dark, so the ink is light. */
  readonly isDark: boolean;
  /** Of the display with the panel. */
  readonly scale: number;
}

/** What a Linux panel shows at scale 1. Pixels. */
const LINUX_SIZE = 22;
const LINUX_SIZES = [16, 22, 24, 32, 48] as const;

/** GNOME and its kin have a dark panel in either theme; elsewhere the panel goes with the theme. */
export function isPanelAlwaysDark(desktop: string): boolean {
  return /\b(GNOME|Unity|Pantheon|X-Cinnamon|Budgie)\b/i.test(desktop);
}

/** The path below `assets/`. */
export function iconFile(mark: RingState, { platform, isDark, scale }: IconChoice): string {
  const panel = isDark ? "dark" : "light";
  switch (platform) {
    case "mac":
      return `tray/mac/${mark}Template.png`;
    case "windows":
      return `tray/windows/${mark}-${panel}.ico`;
    case "linux": {
      const wanted = LINUX_SIZE * (Number.isFinite(scale) && scale > 0 ? scale : 1);
      const size = LINUX_SIZES.find((one) => one >= wanted) ?? 48;
      return `tray/linux/${mark}-${panel}-${size}.png`;
    }
  }
}
