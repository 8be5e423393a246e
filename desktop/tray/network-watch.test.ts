import { describe, expect, it } from "vitest";
import { fakeClock } from "../core/testing/fake-clock.ts";
import { LOOK_EVERY_MS, watchNetwork } from "./network-watch.ts";

describe("the network", () => {
  it("is looked at now and then, and a changed address is told once", () => {
    const clock = fakeClock();
    let address = "192.0.2.1";
    let changes = 0;
    const info = (family: "IPv4" | "IPv6", text: string, internal = false) =>
      ({ address: text, family, internal, netmask: "", mac: "", cidr: null, scopeid: 0 }) as never;
    const watch = watchNetwork({
      clock,
      interfaces: () => ({
        eth0: [info("IPv4", address), info("IPv6", `2001:db8:0:1:${changes}::${clock.now() % 7}`)],
        lo: [info("IPv4", `127.0.0.${clock.now() % 9}`, true)],
      }),
      changed: () => {
        changes += 1;
      },
    });
    clock.advance(LOOK_EVERY_MS * 3);
    expect(changes).toBe(0);
    address = "198.51.100.7";
    clock.advance(LOOK_EVERY_MS * 3);
    expect(changes).toBe(1);
    watch.stop();
    expect(clock.waiting()).toEqual([]);
  });
});
