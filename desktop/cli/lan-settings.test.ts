import { describe, expect, it } from "vitest";
import type { LanAddress } from "./lan-address.ts";
import { lanLines, lanSettings } from "./lan-settings.ts";

const v4: LanAddress = { address: "192.168.1.20", family: "IPv4", name: "wlan0" };
const v6: LanAddress = { address: "fd00::7", family: "IPv6", name: "wlan0" };

describe("npm start -- --lan", () => {
  it("binds the network's address alone, and the relay is called by it", () => {
    expect(lanSettings({ A: "1" }, [v4, v6], 9010)).toEqual({
      ok: true,
      url: "http://192.168.1.20:9010",
      env: {
        A: "1",
        ORA_RELAY_HOST: "192.168.1.20",
        ORA_RELAY_PORT: "9010",
        ORA_RELAY_PUBLIC_URL: "http://192.168.1.20:9010",
      },
    });
  });

  it("writes an IPv6 address as links need it", () => {
    expect(lanSettings({}, [v6], 80)).toMatchObject({
      url: "http://[fd00::7]:80",
      env: { ORA_RELAY_HOST: "fd00::7", ORA_RELAY_PUBLIC_URL: "http://[fd00::7]:80" },
    });
  });

  it("takes the address that its user chose", () => {
    expect(lanSettings({ ORA_RELAY_HOST: "10.8.0.2" }, [v4], 9010)).toMatchObject({
      url: "http://10.8.0.2:9010",
    });
    expect(lanSettings({ ORA_RELAY_HOST: "0.0.0.0" }, [v4], 9010)).toMatchObject({
      url: "http://192.168.1.20:9010",
    });
  });

  it.each([
    ["without a network", {}, [], /in no network/],
    ["with a host that only this PC reaches", { ORA_RELAY_HOST: "127.0.0.1" }, [v4], /ORA_RELAY_HOST is 127/],
    ["with a key that is never sent over plain http", { ORA_RELAY_ENROLL_KEY: "s3cret" }, [v4], /ENROLL_KEY/],
  ])("says why not %s, and never the key", (_, env, addresses, words) => {
    const settings = lanSettings(env, addresses, 9010);
    expect(settings).toMatchObject({ ok: false, problem: expect.stringMatching(words) });
    expect(JSON.stringify(settings)).not.toContain("s3cret");
  });

  it("says what plain http cannot do, and which other addresses there are", () => {
    const text = lanLines("http://192.168.1.20:9010", [v4, v6]).join("\n");
    expect(text).toContain("http://192.168.1.20:9010");
    expect(text).toMatch(/plain http[\s\S]*no camera/);
    expect(text).toContain("ORA_RELAY_HOST to fd00::7.");
    const third = { ...v4, address: "10.8.0.2" };
    expect(lanLines("http://192.168.1.20:9010", [v4, v6, third]).join("\n")).toContain(
      "ORA_RELAY_HOST to one of fd00::7, 10.8.0.2.",
    );
    expect(lanLines("http://[fd00::7]:80", [v6]).join("\n")).not.toContain("Not that network");
  });
});
