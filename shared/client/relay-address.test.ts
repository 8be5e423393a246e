import { describe, expect, it } from "vitest";
import { MAX_RELAY_URL_LENGTH } from "#shared/protocol/relay-url.ts";
import { parseRelayAddress } from "./relay-address.ts";

describe("a relay's address", () => {
  it.each([
    ["relay.example", "https://relay.example", "wss://relay.example/ws/client"],
    ["HTTPS://Relay.Example:443/", "https://relay.example", "wss://relay.example/ws/client"],
    ["wss://relay.example/ora/", "https://relay.example/ora", "wss://relay.example/ora/ws/client"],
    ["ws://127.0.0.1:9010", "http://127.0.0.1:9010", "ws://127.0.0.1:9010/ws/client"],
    [" http://[::1]:9010 ", "http://[::1]:9010", "ws://[::1]:9010/ws/client"],
    ["localhost:9010", "http://localhost:9010", "ws://localhost:9010/ws/client"],
    ["127.0.0.1", "http://127.0.0.1", "ws://127.0.0.1/ws/client"],
    ["localhost.example", "https://localhost.example", "wss://localhost.example/ws/client"],
  ])("%s has one form", (text, url, socketUrl) => {
    expect(parseRelayAddress(text)).toEqual({ url, socketUrl });
    expect(parseRelayAddress(url)).toEqual({ url, socketUrl });
  });

  it.each([
    "",
    "ftp://relay.example",
    "javascript:alert(1)",
    "https://user:pw@relay.example",
    "https://relay.example/?token=1",
    "https://relay.example/#P2",
    "https://",
    "a b",
    "https:\\\\relay.example",
  ])("%s is none", (text) => {
    expect(parseRelayAddress(text)).toBeUndefined();
  });

  it("has a longest form", () => {
    const host = (length: number) => `https://relay.example/${"a".repeat(length - 22)}`;
    expect(parseRelayAddress(host(MAX_RELAY_URL_LENGTH))).toBeDefined();
    expect(parseRelayAddress(host(MAX_RELAY_URL_LENGTH + 1))).toBeUndefined();
  });
});
