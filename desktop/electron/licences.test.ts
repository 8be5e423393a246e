import { describe, expect, it } from "vitest";
import { readLicences } from "./licences.ts";

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
