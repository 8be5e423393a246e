import { describe, expect, it } from "vitest";
import { readMethods } from "./method-list.ts";

describe("methods as people write them", () => {
  it("are read in either case, with commas or spaces, without doubles", () => {
    expect(readMethods("get, POST  put,GET")).toEqual(["GET", "POST", "PUT"]);
  });

  it("are all of them when there is nothing or a star", () => {
    expect(readMethods(" ")).toEqual([]);
    expect(readMethods("*")).toEqual([]);
  });

  it("are none when a word cannot be one", () => {
    expect(readMethods("G-T")).toBeUndefined();
    expect(readMethods("A".repeat(32))).toEqual(["A".repeat(32)]);
    expect(readMethods("A".repeat(33))).toBeUndefined();
  });
});
