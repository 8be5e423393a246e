import { describe, expect, it } from "vitest";
import { MAX_SESSIONS_PER_NODE } from "#shared/protocol/v2/limits.ts";
import { MAX_CHANNELS_PER_NODE } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { device } from "../testing/v2-endpoints.ts";
import { Channels } from "./channels.ts";
import { DeviceCount, Devices } from "./devices.ts";

describe("a node's devices", () => {
  it("are found by their token until it ends", () => {
    const clock = new FakeClock();
    const devices = new Devices({ clock, count: new DeviceCount() });
    const phone = device("phone", 60);
    expect(devices.add(phone.entry)).toBeUndefined();
    clock.advance(59_999);
    expect(devices.find(phone.token)).toBe("phone");
    clock.advance(1);
    expect(devices.find(phone.token)).toBeUndefined();
  });

  it("are as many as one node may have", () => {
    const devices = new Devices({ clock: new FakeClock(), count: new DeviceCount() });
    for (let i = 0; i < MAX_SESSIONS_PER_NODE; i++) expect(devices.add(device("d").entry)).toBeUndefined();
    expect(devices.add(device("d").entry)).toBe("too_many_sessions");
  });

  it("of a node with few find room even when others have filled the relay, and no more than that", () => {
    const count = new DeviceCount(3, 2);
    const [greedy, modest] = [
      new Devices({ clock: new FakeClock(), count }),
      new Devices({ clock: new FakeClock(), count }),
    ];
    for (const name of ["a", "b", "c"]) expect(greedy.add(device(name).entry)).toBeUndefined();
    expect(greedy.add(device("d").entry)).toBe("relay_full");
    for (const name of ["e", "f"]) expect(modest.add(device(name).entry)).toBeUndefined();
    expect(modest.add(device("g").entry)).toBe("relay_full");
  });

  it("count together over all nodes, and stop counting when they go in any way", () => {
    const clock = new FakeClock();
    const count = new DeviceCount(2, 1);
    const [a, b] = [new Devices({ clock, count }), new Devices({ clock, count })];
    const phone = device("phone");
    a.add(phone.entry);
    a.add(phone.entry);
    b.add(device("tablet", 1).entry);
    expect(b.add(device("third").entry)).toBe("relay_full");
    a.remove(new Set(["phone", "nobody"]));
    expect(count.total).toBe(1);
    expect(b.add(device("third").entry)).toBeUndefined();
    b.clear();
    expect(count.total).toBe(0);
  });
});

describe("the channels of a node", () => {
  const client = { deliver: () => undefined, end: () => undefined };

  it("are as many at once as allowed, under numbers that only rise", () => {
    const channels = new Channels();
    for (let i = 1; i <= MAX_CHANNELS_PER_NODE; i++) {
      expect(channels.add(client, { via: "offer", route: "K7QX" })).toBe(i);
    }
    expect(channels.add(client, { via: "offer", route: "K7QX" })).toBeUndefined();
    channels.take(1);
    expect(channels.add(client, { via: "offer", route: "K7QX" })).toBe(MAX_CHANNELS_PER_NODE + 1);
  });
});
