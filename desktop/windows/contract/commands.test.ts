import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_EXPORTED_REQUESTS, MAX_URL_LENGTH } from "./command-limits.ts";
import { WINDOW_COMMANDS, WINDOWS } from "./command-names.ts";
import { decodeCommand } from "./commands.ts";

describe("what a page may ask for", () => {
  it("is read with exactly the fields its command has", () => {
    expect(decodeCommand("pairing", "decide", { question: 3, allow: true })).toEqual({
      name: "decide",
      input: { question: 3, allow: true },
    });
    expect(decodeCommand("pairing", "decide", { question: 3, allow: true, also: 1 })).toBeUndefined();
    expect(decodeCommand("pairing", "decide", { question: 3 })).toBeUndefined();
    expect(decodeCommand("pairing", "decide", { question: "3", allow: true })).toBeUndefined();
    expect(decodeCommand("pairing", "decide", { question: -1, allow: true })).toBeUndefined();
  });

  it("needs no argument where a command takes none", () => {
    expect(decodeCommand("pairing", "newCode", undefined)).toEqual({ name: "newCode", input: {} });
    expect(decodeCommand("pairing", "newCode", { x: 1 })).toBeUndefined();
  });

  it("is refused in a window that does not have it", () => {
    expect(decodeCommand("settings", "revokeAll", {})).toBeDefined();
    expect(decodeCommand("pairing", "revokeAll", {})).toBeUndefined();
    expect(decodeCommand("activity", "saveSetting", { key: "relayUrl", value: "" })).toBeUndefined();
  });

  it("is never a name from the prototype", () => {
    for (const name of ["constructor", "__proto__", "toString", "", 0, null, undefined, {}, []]) {
      for (const window of WINDOWS) expect(decodeCommand(window, name, {})).toBeUndefined();
    }
  });

  it("is bounded, just under and just over each limit", () => {
    const url = (length: number) =>
      decodeCommand("settings", "testRelay", { url: "w".repeat(length) }) !== undefined;
    expect(url(MAX_URL_LENGTH)).toBe(true);
    expect(url(MAX_URL_LENGTH + 1)).toBe(false);
    const ids = (length: number) =>
      decodeCommand("activity", "exportHar", { ids: Array.from({ length }, (_, id) => id) }) !== undefined;
    expect(ids(MAX_EXPORTED_REQUESTS)).toBe(true);
    expect(ids(MAX_EXPORTED_REQUESTS + 1)).toBe(false);
  });

  it("changes one setting at a time, to a value of its kind", () => {
    const save = (key: string, value: unknown) => decodeCommand("settings", "saveSetting", { key, value });
    expect(save("proxy", { kind: "manual", url: "http://proxy:3128" })).toBeDefined();
    expect(save("proxy", { kind: "manual" })).toBeUndefined();
    expect(save("proxy", { kind: "none", url: "http://proxy:3128" })).toBeUndefined();
    expect(save("plaintext", "auto")).toBeDefined();
    expect(save("plaintext", true)).toBeUndefined();
    expect(save("deviceExpiryDays", 1.5)).toBeUndefined();
    expect(save("nodeKey", "x")).toBeUndefined();
  });

  it("never makes the decoder throw", () => {
    const names = WINDOWS.flatMap((window) => WINDOW_COMMANDS[window].map((name) => [window, name] as const));
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.anything(), ([window, name], input) => {
        const command = decodeCommand(window, name, input);
        expect(command === undefined || command.name === name).toBe(true);
      }),
    );
  });
});
