import { describe, expect, it } from "vitest";
import { defaultStateDir } from "./state-dir.ts";

describe("the state directory", () => {
  const linux = { platform: "linux", home: "/home/ada" } as const;

  it("follows XDG on Linux, and ignores a relative XDG path as its rules say", () => {
    expect(defaultStateDir({}, linux)).toBe("/home/ada/.local/state/ora-relay");
    expect(defaultStateDir({ XDG_STATE_HOME: "/state" }, linux)).toBe("/state/ora-relay");
    expect(defaultStateDir({ XDG_STATE_HOME: "state" }, linux)).toBe("/home/ada/.local/state/ora-relay");
  });

  it("is Application Support on macOS", () => {
    expect(defaultStateDir({}, { platform: "darwin", home: "/Users/ada" })).toBe(
      "/Users/ada/Library/Application Support/ORA Relay",
    );
  });

  it("is LOCALAPPDATA on Windows, never the roaming profile", () => {
    const windows = { platform: "win32", home: "C:\\Users\\ada" } as const;
    expect(defaultStateDir({ LOCALAPPDATA: "D:\\Local" }, windows)).toBe("D:\\Local\\ORA Relay");
    expect(defaultStateDir({}, windows)).toBe("C:\\Users\\ada\\AppData\\Local\\ORA Relay");
  });
});
