import { describe, expect, it } from "vitest";
import { iconFile, isPanelAlwaysDark } from "./icon-file.ts";

describe("the icon's file", () => {
  it("is light on panels that are dark whatever the theme", () => {
    for (const desktop of ["GNOME", "ubuntu:GNOME", "X-Cinnamon", "Budgie:GNOME"])
      expect(isPanelAlwaysDark(desktop)).toBe(true);
    for (const desktop of ["KDE", "XFCE", "LXQt", "MATE", "sway", ""])
      expect(isPanelAlwaysDark(desktop)).toBe(false);
  });

  it("fits the panel: by system, colour and scale", () => {
    const file = (platform: "mac" | "windows" | "linux", scale = 1, isDark = true) =>
      iconFile("paused", { platform, isDark, scale });
    expect(file("mac")).toBe("tray/mac/pausedTemplate.png");
    expect(file("windows", 1, false)).toBe("tray/windows/paused-light.ico");
    expect(
      [1, 1.25, 1.5, 2, 3, 0, Number.NaN].map((scale) => /(\d+)\.png/.exec(file("linux", scale))?.[1]),
    ).toEqual(["22", "32", "48", "48", "48", "22", "22"]);
  });
});
