import { describe, expect, it } from "vitest";
import { destinationOf } from "./destination.ts";

const OFFER = "#P2.0123456789ABCDEF.NODE.SECRET";
const at = (pathname: string, hash = "", search = "") => destinationOf({ pathname, search, hash });

describe("where the boot page leads", () => {
  it.each([
    ["", undefined, "/"],
    [OFFER, OFFER, "/"],
    [`${OFFER}/deep?x=1#part`, OFFER, "/deep?x=1#part"],
    ["#/deep", undefined, "/deep"],
    ["#//evil.example", undefined, "/"],
    ["#/\\evil.example", undefined, "/"],
    ["#/~ora/boot", undefined, "/"],
    ["#https://evil.example", undefined, "/"],
    ["#P2.only.two/x", undefined, "/"],
  ])("for the fragment %j: %j, then %s", (hash, offer, path) => {
    expect(at("/~ora/boot", hash)).toEqual({ offer, path, isHere: false });
  });

  it("is where it stands, at an address of the app", () => {
    expect(at("/a/b", "#part", "?q")).toEqual({ offer: undefined, path: "/a/b?q#part", isHere: true });
    expect(at("/a", OFFER)).toEqual({ offer: undefined, path: `/a${OFFER}`, isHere: true });
  });
});
