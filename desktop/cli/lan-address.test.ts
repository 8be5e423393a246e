import { isIP } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { findLanAddresses, lanAddresses } from "./lan-address.ts";

function info(address: string, internal = false): NetworkInterfaceInfo {
  const family = isIP(address) === 6 ? "IPv6" : "IPv4";
  const base = { address, netmask: "", mac: "", internal, cidr: null };
  return family === "IPv6" ? { ...base, family, scopeid: 0 } : { ...base, family };
}

const chosen = (...args: Parameters<typeof lanAddresses>) =>
  lanAddresses(...args).map(({ address }) => address);

describe("the address that a phone in the same network uses", () => {
  it("is the one that leads out, whatever its interface is called", () => {
    const interfaces = { lo: [info("127.0.0.1", true)], eth0: [info("10.0.0.5")], tun0: [info("10.8.0.2")] };
    expect(chosen(interfaces, ["10.0.0.5"])).toEqual(["10.0.0.5", "10.8.0.2"]);
    expect(chosen(interfaces, ["10.8.0.2"])).toEqual(["10.8.0.2", "10.0.0.5"]);
  });

  it("is a real interface's before a container's, and IPv4 before IPv6", () => {
    const interfaces = {
      docker0: [info("172.17.0.1")],
      wlan0: [info("fd00::7"), info("192.168.1.20")],
    };
    expect(chosen(interfaces, [])).toEqual(["192.168.1.20", "fd00::7", "172.17.0.1"]);
  });

  it("is an IPv6 address where there is no other, but never one that needs a zone", () => {
    const interfaces = {
      wlan0: [info("fe80::1"), info("febf::1"), info("169.254.7.7"), info("2001:db8::7")],
    };
    expect(chosen(interfaces, [])).toEqual(["2001:db8::7"]);
  });

  it("is none without a network", () => {
    expect(chosen({ lo: [info("127.0.0.1", true), info("::1", true)] }, [])).toEqual([]);
  });

  it("is looked for on any machine without a word to the network", async () => {
    for (const { address } of await findLanAddresses()) expect(isIP(address)).not.toBe(0);
  });
});
