import { describe, expect, it } from "vitest";
import { relayProxy } from "./relay-proxy.ts";

const proxyOf = (relay: string, env: Record<string, string>) => relayProxy(new URL(relay), env)?.href;

describe("the proxy that leads to the relay", () => {
  const both = { HTTPS_PROXY: "http://secure.proxy:3128", HTTP_PROXY: "http://plain.proxy:3128" };

  it("depends on the relay's scheme", () => {
    expect(proxyOf("wss://relay.example", both)).toBe("http://secure.proxy:3128/");
    expect(proxyOf("ws://relay.example", both)).toBe("http://plain.proxy:3128/");
    expect(proxyOf("wss://relay.example", { HTTP_PROXY: "http://plain.proxy:3128" })).toBeUndefined();
  });

  it("may stand in lower case, which comes first, and without a scheme", () => {
    expect(proxyOf("wss://relay.example", { ...both, https_proxy: "lower.proxy:8080" })).toBe(
      "http://lower.proxy:8080/",
    );
    expect(proxyOf("wss://relay.example", { ...both, https_proxy: "" })).toBe("http://secure.proxy:3128/");
  });

  it("is not used where NO_PROXY says so, in either case", () => {
    expect(proxyOf("wss://relay.example", { ...both, NO_PROXY: "example" })).toBeUndefined();
    expect(proxyOf("wss://relay.example:8443", { ...both, no_proxy: "relay.example:443" })).toBeDefined();
    expect(proxyOf("wss://relay.example", { ...both, no_proxy: "relay.example:443" })).toBeUndefined();
  });

  it("is never used for a relay on this machine", () => {
    for (const relay of ["ws://127.0.0.1:9010", "ws://localhost", "wss://[::1]:9010"]) {
      expect(proxyOf(relay, both)).toBeUndefined();
    }
  });

  it("that is no http or https URL is an error that names the variable and not its value", () => {
    for (const value of ["socks5://user:hunter2@p:1", "http://", "http://hunter2:99999"]) {
      expect(() => proxyOf("wss://relay.example", { HTTPS_PROXY: value })).toThrow(
        /^HTTPS_PROXY is not allowed(?!.*hunter2)/,
      );
    }
  });
});
