import { describe, expect, it } from "vitest";
import { newerVersion } from "./newer-version.ts";

describe("a newer version", () => {
  it("is one that counts higher; nothing else is", () => {
    expect(newerVersion("v1.10.0", "1.9.9")).toBe("1.10.0");
    for (const other of ["1.9.9", "1.9.8", "0.99.0", "1.10", "2.0.0-rc.1", "x", ""]) {
      expect(newerVersion(other, "1.9.9")).toBeUndefined();
    }
  });
});
