import { describe, expect, it } from "vitest";
import { isLoopbackHost, relayHost } from "./relay-host.ts";

describe("relayHost", () => {
  it.each([
    ["wss://Relay.Example", "relay.example:443"],
    ["https://relay.example/", "relay.example:443"],
    ["ws://relay.example", "relay.example:80"],
    ["https://relay.example:8443/path?x#y", "relay.example:8443"],
    ["ws://127.0.0.1:9010", "127.0.0.1:9010"],
    ["ws://[0:0::1]:9010", "[::1]:9010"],
    ["wss://user:pw@relay.example:443", "relay.example:443"],
    ["http://bücher.example", "xn--bcher-kva.example:80"],
  ])("writes %s as %s", (address, host) => {
    expect(relayHost(address)).toBe(host);
  });

  it.each(["", "relay.example", "relay.example:443", "ftp://relay.example", "file:///x", "ws://"])(
    "has none for %j",
    (address) => {
      expect(relayHost(address)).toBeUndefined();
    },
  );
});

describe("isLoopbackHost", () => {
  it.each(["localhost:9010", "127.0.0.1:80", "127.8.9.10:1", "[::1]:9010", "localhost"])(
    "takes %s for this machine",
    (host) => expect(isLoopbackHost(host)).toBe(true),
  );

  it.each([
    "a.localhost:80",
    "relay.example:80",
    "127.0.0.1.example:80",
    "localhost.example:80",
    "10.0.0.1:80",
    "[::2]:80",
    "",
  ])("does not take %j for this machine", (host) => expect(isLoopbackHost(host)).toBe(false));
});
