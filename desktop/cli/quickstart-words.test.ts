import { describe, expect, it } from "vitest";
import { hereLines, relayTrouble, settingsText } from "./quickstart-words.ts";

describe("what npm start says", () => {
  it("of its settings: that they are the defaults, or the names of those that were set", () => {
    expect(settingsText({ PATH: "/bin", ORA_NODE_NAME: " " })).toMatch(/^the defaults; .*\.env/);
    const one = { ORA_RELAY_ENROLL_KEY: "s3cret" };
    expect(settingsText(one)).toBe("ORA_RELAY_ENROLL_KEY as you set it, else the defaults");
    expect(settingsText({ ...one, ORA_NODE_NAME: "desk" })).toMatch(
      /^ORA_RELAY_ENROLL_KEY, ORA_NODE_NAME as you set them/,
    );
  });

  it("of phones: how to let them in, where nobody but this PC reaches the relay", () => {
    const url = "http://127.0.0.1:9010";
    expect(hereLines(url, {}).join("\n")).toMatch(/on this PC alone[\s\S]*npm start -- --lan$/);
    expect(hereLines("http://192.168.1.20:9010", {})).toEqual([]);
    expect(hereLines(url, { ORA_RELAY_PUBLIC_URL: "https://relay.example" })).toEqual([]);
  });

  it("of a second start beside the first: one line with what to do", () => {
    const words = "relay: cannot listen on 127.0.0.1:9010: the port is in use (is another relay running?); …";
    expect(relayTrouble(words)).toMatch(
      /^127\.0\.0\.1:9010 is in use, .*end that one, or set ORA_RELAY_PORT/,
    );
    expect(relayTrouble("relay: ORA_RELAY_PORT is not allowed")).toBe("relay: ORA_RELAY_PORT is not allowed");
  });
});
