import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_RELAY_URL_LENGTH, parseRelayUrl, relaySocketUrl } from "./relay-url.ts";

describe("a relay's URL", () => {
  it.each([
    ["https://relay.example", "https://relay.example", "wss://relay.example"],
    ["HTTPS://Relay.Example:443/", "https://relay.example", "wss://relay.example"],
    ["ws://relay.example:80", "http://relay.example", "ws://relay.example"],
    [
      "wss://relay.example:8443/Ora/v2//",
      "https://relay.example:8443/Ora/v2",
      "wss://relay.example:8443/Ora/v2",
    ],
    ["https://example.org/@me", "https://example.org/@me", "wss://example.org/@me"],
    ["http://[::1]:9010", "http://[::1]:9010", "ws://[::1]:9010"],
  ])("%s has one form", (text, url, socketUrl) => {
    expect(parseRelayUrl(text)).toBe(url);
    expect(parseRelayUrl(socketUrl)).toBe(url);
    expect(relaySocketUrl(url)).toBe(socketUrl);
  });

  it.each([
    "",
    "relay.example",
    "//relay.example",
    "https://",
    "https:///relay.example",
    "https:relay.example",
    "ftp://relay.example",
    "javascript:alert(1)",
    "https://me@relay.example",
    "https://me:pw@relay.example",
    "https://relay.example/?",
    "https://relay.example/#",
    "https:\\\\relay.example",
    "https://relay.example/a b",
    "https://relay\n.example",
    "https://relay.example:99999",
    "https://relay.example:0",
    "https://[",
  ])("%j is none", (text) => expect(parseRelayUrl(text)).toBeUndefined());

  it("has a longest form", () => {
    const of = (length: number) => "https://relay.example/".padEnd(length, "a");
    expect(parseRelayUrl(of(MAX_RELAY_URL_LENGTH))).toBe(of(MAX_RELAY_URL_LENGTH));
    expect(parseRelayUrl(of(MAX_RELAY_URL_LENGTH + 1))).toBeUndefined();
    // Also when it grows by being read.
    expect(parseRelayUrl(`https://relay.example/${"ü".repeat(MAX_RELAY_URL_LENGTH - 22)}`)).toBeUndefined();
  });

  it("reads as itself once it was read, and never throws", () => {
    const text = fc.oneof(fc.webUrl(), fc.string({ unit: fc.constantFrom(..."htpsw:/.[]@a%") }), fc.string());
    fc.assert(
      fc.property(text, (candidate) => {
        const url = parseRelayUrl(candidate);
        if (url !== undefined) expect(parseRelayUrl(url)).toBe(url);
      }),
    );
  });
});
