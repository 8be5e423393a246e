import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { windowOfArguments, windowOfLink } from "./deep-link.ts";
import { iconFile } from "./icon-file.ts";
import { readLicences } from "./licences.ts";

describe("a link of ours", () => {
  it("names a window, and whatever else it says means the pairing window", () => {
    expect(windowOfLink("ora://settings")).toBe("settings");
    expect(windowOfLink("ORA://Activity/")).toBe("activity");
    for (const link of [
      "ora://",
      "ora://pairing",
      "ora://settings/../x",
      "ora://quit",
      "ora://revoke?all",
      "ora://settings?x",
    ]) {
      expect(windowOfLink(link)).toBe("pairing");
    }
    for (const link of ["", "https://ora", "oraz://x", " ora://x", "ora:x", "--ora://x"]) {
      expect(windowOfLink(link)).toBeUndefined();
    }
  });

  it("is found among arguments, and never throws", () => {
    expect(windowOfArguments(["/usr/bin/ora", "--flag", "ora://settings"])).toBe("settings");
    expect(windowOfArguments(["/usr/bin/ora"])).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) =>
        ["pairing", "settings", "activity", undefined].includes(windowOfLink(text)),
      ),
    );
  });
});

describe("the icon's file", () => {
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

describe("the list of licences", () => {
  it("is what the build wrote, or nothing", () => {
    expect(readLicences(() => '{"ws 8":"MIT","odd":7}')).toEqual([["ws 8", "MIT"]]);
    expect(readLicences(() => "[")).toEqual([]);
    expect(
      readLicences(() => {
        throw new Error("ENOENT");
      }),
    ).toEqual([]);
  });
});
