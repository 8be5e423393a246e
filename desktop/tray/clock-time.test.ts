import { describe, expect, it } from "vitest";
import { clockTime } from "./clock-time.ts";

describe("times", () => {
  it("are said as a clock would: today's time, else the day too, in both languages", () => {
    const now = Date.UTC(2026, 10, 24, 12);
    const at = (moment: number, language: "en" | "ja") =>
      clockTime(moment, { language, now, timeZone: "UTC" });
    expect(at(Date.UTC(2026, 10, 24, 0, 5), "en")).toBe("00:05");
    expect(at(Date.UTC(2026, 10, 23, 23, 59), "en")).toBe("23 Nov, 23:59");
    expect(at(Date.UTC(2026, 10, 23, 23, 59), "ja")).toBe("11月23日 23:59");
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300])
      expect(() => at(odd, "en")).not.toThrow();
  });
});
