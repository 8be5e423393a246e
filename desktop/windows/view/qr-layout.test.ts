import { describe, expect, it } from "vitest";
import { MIN_MODULE_PX, QUIET_ZONE, qrLayout } from "./qr-layout.ts";

/** Versions 1 to 40. */
const SIZES = Array.from({ length: 40 }, (_, version) => 21 + 4 * version);

describe("a QR code's place", () => {
  it("has whole pixels, at least three for a module, and its quiet zone", () => {
    for (const modules of SIZES) {
      const { modulePx, side } = qrLayout(modules);
      expect(Number.isInteger(modulePx)).toBe(true);
      expect(modulePx).toBeGreaterThanOrEqual(MIN_MODULE_PX);
      expect(side).toBe((modules + 2 * QUIET_ZONE) * modulePx);
    }
  });

  it("is inside its ring, corners too", () => {
    for (const modules of SIZES) {
      const { side, ring } = qrLayout(modules);
      expect(Math.hypot(side, side)).toBeLessThan(ring - 2 * 6);
    }
  });

  it("fits a narrow window for a link of the usual length", () => {
    expect(qrLayout(41).ring).toBeLessThanOrEqual(320 - 16);
  });
});
