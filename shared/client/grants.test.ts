import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateDeviceKey } from "./device-key.ts";
import { StepClock } from "./testing/step-clock.ts";
import { backend, TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
});
afterEach(() => world.stop());

describe("a grant", () => {
  it("is a link by which another program pairs with the same PC", async () => {
    const session = await world.session();
    const link = await session.grant();
    const device = generateDeviceKey(backend);
    const pairing = await world.client.pair(link, { deviceKey: device.key, name: "app" });
    expect(await pairing.completed).toMatchObject({ nodeId: world.node.id, relayUrl: world.relay.url });
  });

  it("goes to who asked for it, whatever the order of the answers", async () => {
    const session = await world.session();
    const asked: [unknown, Parameters<NonNullable<typeof world.node.grant>>[1]][] = [];
    const { grant } = world.node;
    world.node.grant = (id, muxer) => {
      asked.push([id, muxer]);
      if (asked.length === 3) for (const [earlier, its] of asked.reverse()) grant?.(earlier, its);
    };
    const links = await Promise.all([session.grant(), session.grant(), session.grant()]);
    expect(new Set(links).size).toBe(3);
  });

  it.each([
    [{ error: "busy" }, "node_busy"],
    [{ error: "too_deep" }, "may_not_let_in"],
    [{ error: "a word of a later version" }, "channel_protocol"],
    [{ error: 7 }, "channel_protocol"],
    [{}, "channel_protocol"],
    [{ route: "K7QX", secret: "AAAAAAAAAAAAAAAAAAAAAA" }, "channel_protocol"],
    [{ route: "0123456789ABCDEF", secret: "AAAA" }, "channel_protocol"],
    [{ route: "0123456789ABCDEF", secret: 7 }, "channel_protocol"],
  ])("is none when the PC answers %j", async (answer, code) => {
    const session = await world.session();
    world.node.grant = (id, muxer) => muxer.sendControl({ type: "grant", id, ...answer });
    await expect(session.grant()).rejects.toMatchObject({ code });
  });

  it("is asked for on behalf of a web app, where the PC knows what that is", async () => {
    world.node.features = ["later", "apps"];
    const session = await world.session();
    expect(session.features).toEqual(["later", "apps"]);
    await session.grant({ app: true });
    expect(world.node.controls).toEqual([{ type: "grant", id: 1, app: true }]);
  });

  it("for a web app is none from a PC that would take it for another program", async () => {
    const session = await world.session();
    await expect(session.grant({ app: true })).rejects.toMatchObject({ code: "node_too_old" });
    await session.fetch("/hello");
    expect(world.node.controls).toEqual([]);
  });

  it("is not waited for longer than fifteen seconds, and not asked for without a connection", async () => {
    const clock = new StepClock();
    const slow = new TestWorld({ clock });
    await slow.relay.start();
    slow.node.grant = undefined;
    const session = await slow.session();
    const outcome = session.grant().catch((error: { code: string }) => error.code);
    clock.advance(14_999);
    expect(await Promise.race([outcome, "waiting"])).toBe("waiting");
    clock.advance(1);
    expect(await outcome).toBe("no_answer");
    session.close();
    await expect(session.grant()).rejects.toMatchObject({ code: "closed" });
    await slow.stop();
  });
});

describe("a session's CONTROL messages", () => {
  it("rename this device, and hand on what is not understood", async () => {
    const heard: unknown[] = [];
    const session = await world.session({ control: (message) => heard.push(message) });
    expect(session.rename("Kim's laptop")).toBe(true);
    world.node.muxer.sendControl({ type: "grant", id: 99 });
    world.node.muxer.sendControl({ type: "weather", rain: true });
    // CONTROL goes before everything else, so an answered request means that all of it has arrived.
    await session.fetch("/hello");
    expect(heard).toEqual([
      { type: "grant", id: 99 },
      { type: "weather", rain: true },
    ]);
    expect(world.node.controls).toEqual([{ type: "rename", name: "Kim's laptop" }]);
  });
});
