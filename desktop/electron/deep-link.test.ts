import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { windowOfArguments, windowOfLink } from "./deep-link.ts";

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
