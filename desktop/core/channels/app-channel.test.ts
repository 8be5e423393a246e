import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SOON_MS } from "../apps/cookie-news.ts";
import { channelWorld, NOTHING, turns } from "../testing/channel-world.ts";

async function setUp(features: readonly string[] = ["api", "apps"]) {
  const world = await channelWorld();
  const phone = await world.addDevice();
  const app = await world.addDevice(phone.id, true);
  const open = async (key = app.key) => {
    const channel = await world.connectWith(key, { type: "hello", features });
    await turns();
    return channel;
  };
  return { ...world, phone, app, open };
}

const kinds = (controls: readonly { type: string }[]) => controls.map(({ type }) => type);

describe("a web app's channel", () => {
  it("is told of the app and its cookies first, and of the API when that is known", async () => {
    const { open, api, apps } = await setUp();
    const { controls } = await open();
    expect(controls).toEqual([
      expect.objectContaining({ type: "app", name: "desk", base_path: "" }),
      { type: "cookies", cookies: [], seen: 0 },
    ]);
    api.state = { kind: "down", since: 0, because: "ConnectError" };
    apps.apiChanged();
    await turns();
    expect(controls.at(-1)).toMatchObject({ type: "api", up: false });
    const later = await open();
    expect(kinds(later.controls)).toEqual(["app", "cookies", "api"]);
  });

  it.each([[[]], [["later"]], ["apps"], [null], [Array(65).fill("apps")], [["apps", 7]]])(
    "is told nothing when its client cannot say that it understands: %.30j",
    async (features) => {
      const { open, api, apps } = await setUp(features as string[]);
      api.state = { kind: "up", since: 0 };
      const { muxer, controls } = await open();
      muxer.sendControl({ type: "cookie", number: 1, writes: [{ text: "a=1", path: "/" }] });
      apps.apiChanged();
      await turns();
      expect(controls).toEqual([]);
    },
  );

  it("is told of nothing but the API when its device is no web app, and writes no cookies", async () => {
    const { open, phone, api, askers } = await setUp();
    api.state = { kind: "up", since: 0 };
    const { muxer, controls } = await open(phone.key);
    muxer.sendControl({ type: "cookie", number: 1, writes: [{ text: "a=1", path: "/" }] });
    muxer.openStream({ method: "GET", path: "/", headers: [], end: true }, NOTHING);
    await turns();
    expect(kinds(controls)).toEqual(["api"]);
    expect(askers.map(({ app }) => app)).toEqual([undefined]);
  });

  it("has its writes confirmed soon, many at once", async () => {
    const { open, clock } = await setUp();
    const { muxer, controls } = await open();
    for (let number = 1; number <= 50; number += 1) {
      muxer.sendControl({ type: "cookie", number, writes: [{ text: `a=${number}`, path: "/" }] });
    }
    await turns();
    expect(controls.length).toBe(2);
    clock.advance(SOON_MS);
    await turns();
    expect(controls.slice(2)).toEqual([
      { type: "cookies", cookies: [{ name: "a", value: "50", path: "/" }], seen: 50 },
    ]);
  });

  it("tells the app's other channels what one wrote, and no other app's", async () => {
    const { open, addDevice, phone, clock } = await setUp();
    const stranger = await open((await addDevice(phone.id, true)).key);
    const [writer, reader] = [await open(), await open()];
    writer.muxer.sendControl({ type: "cookie", number: 1, writes: [{ text: "a=1", path: "/" }] });
    await turns();
    clock.advance(SOON_MS);
    await turns();
    const cookies = [{ name: "a", value: "1", path: "/" }];
    expect(writer.controls.at(-1)).toEqual({ type: "cookies", cookies, seen: 1 });
    expect(reader.controls.at(-1)).toEqual({ type: "cookies", cookies, seen: 0 });
    expect(stranger.controls.length).toBe(2);
  });

  it("tells a thousand lists at once and a second, and what is more together", async () => {
    const { open, askers, clock } = await setUp();
    const { muxer, controls } = await open();
    muxer.openStream({ method: "GET", path: "/", headers: [], end: true }, NOTHING);
    await turns();
    const request = askers[0]?.app?.({ method: "GET", path: "/", headers: [] });
    for (let count = 1; count <= 2_000; count += 1) request?.answered([["set-cookie", `a=${count}`]]);
    await turns();
    // The first of them went when the channel began.
    expect(kinds(controls).filter((type) => type === "cookies").length).toBe(1_024);
    clock.advance(SOON_MS);
    await turns();
    expect(controls.at(-1)?.cookies).toEqual([{ name: "a", value: "2000", path: "/" }]);
  });

  it("goes on, whatever it is sent", async () => {
    const { open, events, clock } = await setUp();
    const { muxer, seen } = await open();
    const type = fc.constantFrom("hello", "cookie", "cookies", "grant", "rename", "app", "api", "later");
    const key = fc.constantFrom("features", "number", "writes", "text", "path", "id", "app", "name");
    const write = fc.record({
      text: fc.string({ unit: "binary" }),
      path: fc.constantFrom("/", "/x", "x", ""),
    });
    const value = fc.oneof(fc.jsonValue(), fc.nat(), fc.array(write, { maxLength: 70 }));
    const messages = fc.sample(fc.tuple(type, fc.dictionary(key, value)), 1_000);
    for (const [kind, fields] of messages) muxer.sendControl({ ...fields, type: kind });
    await turns();
    clock.advance(SOON_MS);
    await turns();
    expect(seen.close).toBeUndefined();
    expect(events.filter(({ kind }) => kind === "fault")).toEqual([]);
    const answered = new Promise((resolve) => {
      muxer.openStream(
        { method: "GET", path: "/", headers: [], end: true },
        { ...NOTHING, response: ({ status }) => resolve(status) },
      );
    });
    expect(await answered).toBe(200);
  });

  it("ends with its device, and is told nothing more", async () => {
    const { open, host, devices, phone, app, apps, api } = await setUp();
    const { controls, seen } = await open();
    host.revoke(devices.remove(phone.id).removed.map(({ id }) => id));
    await turns();
    expect(seen.close).toMatchObject({ code: "revoked", by: "peer" });
    const told = controls.length;
    api.state = { kind: "up", since: 0 };
    apps.apiChanged();
    expect(controls.length).toBe(told);
    expect(devices.get(app.id)).toBeUndefined();
  });
});
