import { describe, expect, it } from "vitest";
import { appOrigins, appsTrouble, effectiveApps, parseApps } from "./app-origins.ts";

const NODE = "z2gtvuomwyz6y63qyf4bjjohn3gqffufaugtir2fxicyodsypvmq";
const at = (host: string, publicUrl?: string, apps?: string) => ({
  host,
  publicUrl,
  apps: apps === undefined ? undefined : parseApps(apps),
});

describe("origins of apps", () => {
  it.each([
    ["subdomain", "subdomain"],
    ["OFF", "off"],
    ["https://apps.example", "https://apps.example"],
    ["https://apps.example/", "https://apps.example"],
    ["https://apps.example/path", undefined],
    ["apps.example", undefined],
    ["wss://apps.example", undefined],
    ["subdomains", undefined],
  ])("reads %s", (text, value) => {
    expect(parseApps(text)).toBe(value);
  });

  it("are below localhost on this machine and nowhere else, unless the owner says so", () => {
    expect(effectiveApps(at("127.0.0.1"))).toBe("subdomain");
    expect(effectiveApps(at("127.0.0.1", undefined, "off"))).toBe("off");
    expect(effectiveApps(at("0.0.0.0", "https://relay.example"))).toBe("off");
  });

  it("are names below localhost on a loopback relay, at the port that is listened on", () => {
    const origins = appOrigins(at("127.0.0.1"));
    expect(origins?.template(9010)).toBe("http://*.localhost:9010");
    expect(origins?.isAppHost(`${NODE}.localhost:9010`)).toBe(true);
    expect(origins?.isAppHost(`${NODE.toUpperCase()}.LOCALHOST`)).toBe(true);
    for (const host of [undefined, "localhost:9010", "127.0.0.1:9010", "x.localhost", `${NODE}x.localhost`]) {
      expect(origins?.isAppHost(host)).toBe(false);
    }
    expect(origins?.isAppHost(`a.${NODE}.localhost`)).toBe(false);
  });

  it("are off by default where strangers can come, whether or not the relay knows its name", () => {
    expect(appOrigins(at("0.0.0.0"))).toBeUndefined();
    expect(appOrigins(at("127.0.0.1", "https://relay.example"))).toBeUndefined();
    expect(appOrigins(at("127.0.0.1", "https://relay.example", "off"))).toBeUndefined();
    expect(appOrigins(at("127.0.0.1", undefined, "off"))).toBeUndefined();
  });

  it("are sub-domains of the public host when the owner says so", () => {
    const origins = appOrigins(at("0.0.0.0", "https://relay.example:8443/base", "subdomain"));
    expect(origins?.template(9010)).toBe("https://*.relay.example:8443");
    expect(origins?.isAppHost(`${NODE}.relay.example:8443`)).toBe(true);
    expect(origins?.isAppHost(`${NODE}.localhost`)).toBe(false);
    expect(origins?.isAppHost(`${NODE}.evil.example`)).toBe(false);
    expect(origins?.isAppHost("relay.example:8443")).toBe(false);
  });

  it("can be one fixed origin", () => {
    const origins = appOrigins(at("0.0.0.0", "https://relay.example", "https://apps.example"));
    expect(origins?.template(9010)).toBe("https://apps.example");
    expect(origins?.isAppHost("apps.example")).toBe(true);
    expect(origins?.isAppHost("APPS.example:443")).toBe(true);
    expect(origins?.isAppHost("apps.example:8443")).toBe(false);
    expect(origins?.isAppHost("relay.example")).toBe(false);
  });

  it.each([
    ["0.0.0.0", undefined, "subdomain", "needs_public_url"],
    ["0.0.0.0", "https://192.0.2.7", "subdomain", "public_url_is_ip"],
    ["0.0.0.0", "https://[2001:db8::1]", "subdomain", "public_url_is_ip"],
    ["0.0.0.0", "https://relay.example", "https://relay.example", "same_as_home"],
    ["0.0.0.0", "https://relay.example", "subdomain", undefined],
    ["127.0.0.1", "http://127.0.0.1:9010", "subdomain", undefined],
  ])("%s, %s and %s: %s", (host, publicUrl, apps, trouble) => {
    expect(appsTrouble(at(host, publicUrl, apps))).toBe(trouble);
  });
});
