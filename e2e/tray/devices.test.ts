/** Devices, sleep, outages, pause, activity: the main process on the Electron double, with a real relay and a real client. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RunCommand } from "../../desktop/core/control/control-server.ts";
import { VIEW_CHANNEL } from "../../desktop/electron/ipc-channels.ts";
import { pageUrl } from "../../desktop/electron/page-scheme.ts";
import { startTestRelay } from "../support/relay.ts";
import { ask, mainProcessStage } from "./main-process-stage.ts";
import { phone, until } from "./tray-world.ts";

const stage = mainProcessStage();
const { connected, later } = stage;
beforeAll(stage.prepare);
afterEach(stage.clean);

describe("devices", () => {
  it("are revoked from the menu after asking, in the middle of a download", async () => {
    const { world, pair } = await connected();
    const session = await pair("Tom & Co");
    const reader = (await session.fetch("/endless")).body?.getReader();
    await reader?.read();
    const { electron } = world;
    electron.tray.choose("Devices", /^Tom && Co/, "Revoke Tom && Co…");
    await until(() => electron.asked.length === 1);
    expect(electron.asked[0]).toMatchObject({
      message: "Revoke Tom & Co?",
      buttons: ["Cancel", "Revoke Tom & Co"],
    });
    expect(world.app.facts?.devices).toHaveLength(1);
    electron.answer = true;
    electron.tray.choose("Devices", /^Tom && Co/, "Revoke Tom && Co…");
    await expect(
      (async () => {
        while ((await reader?.read())?.done === false);
      })(),
    ).rejects.toThrow();
    await until(() => session.state.status === "revoked");
    await until(() => electron.tray.labels().includes("No devices yet"));
  });

  it("can be made read only, renamed, and all thrown out", async () => {
    const { world, pair } = await connected();
    const session = await pair();
    const { electron } = world;
    electron.tray.choose("Devices", /Pixel 9/, "Read only");
    await until(() => world.app.facts?.devices[0]?.isReadOnly === true);
    expect((await session.fetch("/echo", { method: "POST", body: "x" })).status).toBe(403);
    electron.tray.choose("Devices", /Pixel 9/, "Rename…");
    await until(() => electron.window("settings") !== undefined);
    const device = world.app.facts?.devices[0]?.id;
    expect(await ask(world, "settings", "renameDevice", { device, name: "My\u202E phone" })).toEqual({
      ok: true,
    });
    await until(() => electron.tray.labels().some((label) => label.startsWith("My phone")));
    electron.answer = true;
    electron.tray.choose("Revoke all…");
    await until(() => session.state.status === "revoked");
  });
});

describe("the owner's commands in a terminal", () => {
  it("work on the tray app's node, and what they change the menu shows", async () => {
    let command: RunCommand = () => expect.fail("nobody listens");
    const { world, pair } = await connected({
      desktop: {
        claim: async (run) => {
          command = run;
          return { close: async () => undefined };
        },
      },
    });
    await pair();
    const lines: string[] = [];
    const type = (...args: string[]) =>
      command({
        args,
        input: undefined,
        print: (line) => lines.push(line),
        signal: new AbortController().signal,
      });
    expect(await type("devices")).toBe(0);
    expect(lines.join()).toContain("Pixel 9");
    const device = world.app.facts?.devices[0]?.id ?? "";
    expect(await type("rename", device, "Kitchen")).toBe(0);
    await until(() => world.electron.tray.labels().some((label) => label.startsWith("Kitchen")));
    expect(await type("revoke", device)).toBe(0);
    await until(() => world.electron.tray.labels().includes("No devices yet"));
  });
});

describe("the machine", () => {
  it("tells its devices before it sleeps, and serves them again when it wakes", async () => {
    const { world, relay } = await connected();
    const device = await phone(relay.origin, world.app.facts?.link ?? "");
    const session = await device.session();
    later(() => session.close());
    expect((await session.fetch("/x")).status).toBe(200);
    world.electron.power.emit("suspend");
    await until(() => device.problems.includes("node_sleeping"));
    world.electron.power.emit("resume");
    session.wake();
    expect((await session.fetch("/x")).status).toBe(200);
  });

  it("has a relay that goes down and comes up: the icon says so, and waking tries at once", async () => {
    const { world, relay, pair } = await connected();
    const session = await pair();
    const { tray } = world.electron;
    await relay.close();
    await until(() => tray.labels()[0]?.startsWith("No connection to 127.0.0.1") === true);
    expect(tray.image).toMatch(/connecting/);
    const again = await startTestRelay({ ORA_RELAY_PORT: String(relay.port) });
    later(() => again.close());
    world.electron.power.emit("unlock-screen");
    await until(() => tray.labels()[0]?.startsWith("Connected") === true);
    expect((await session.fetch("/x")).status).toBe(200);
  });

  it("is paused and resumed from the menu; meanwhile nobody gets in, and revoking works", async () => {
    const { world, pair } = await connected();
    const session = await pair();
    const { electron } = world;
    electron.tray.choose("Pause");
    await until(() => electron.tray.image.includes("paused"));
    expect(electron.tray.labels()).toContain("Resume");
    await until(() => session.state.status !== "connected");
    electron.answer = true;
    electron.tray.choose("Devices", /Pixel 9/, /^Revoke/);
    await until(() => electron.tray.labels().includes("No devices yet"));
    electron.tray.choose("Resume");
    await until(() => world.app.facts?.link !== undefined);
    expect(world.app.facts?.devices).toEqual([]);
  });

  it("ends with a goodbye", async () => {
    const { world } = await connected();
    world.electron.tray.choose("Quit ORA");
    expect(await world.electron.exit).toBe(0);
    expect(world.electron.tray.isRemoved).toBe(true);
  });
});

describe("activity", () => {
  it("is listed for its window as it happens, with details, a curl line and a HAR file", async () => {
    const { world, pair, api } = await connected();
    const session = await pair();
    const { electron } = world;
    electron.tray.choose("Activity");
    await until(() => electron.window("activity") !== undefined);
    await session.fetch("/x?a='b'");
    const window = electron.window("activity") ?? expect.fail("no window");
    await until(() => window.sent.some(({ args }) => JSON.stringify(args).includes("/x?a=")));
    const view = await electron.invoke(window, { url: pageUrl("activity") }, VIEW_CHANNEL, ["activity"]);
    const { rows } = view as { rows: { id: number; device: string; status: number }[] };
    expect(rows).toMatchObject([{ device: "Pixel 9", status: 200, plaintext: false }]);
    const id = rows[0]?.id ?? -1;
    expect(await ask(world, "activity", "copyCurl", { id })).toEqual({ ok: true });
    expect(electron.copied.at(-1)).toBe(`curl --globoff '${api.target.origin}/x?a='\\''b'\\'''`);
    expect(await ask(world, "activity", "exportHar", { ids: [id] })).toEqual({
      ok: true,
      value: { saved: false },
    });
    electron.saveTo = join(world.logs, "..", "out.har");
    expect(await ask(world, "activity", "exportHar", { ids: [id] })).toEqual({
      ok: true,
      value: { saved: true },
    });
    const har = JSON.parse(await readFile(electron.saveTo, "utf8"));
    expect(har.log.entries[0].request.url).toBe(`${api.target.origin}/x?a='b'`);
    await ask(world, "activity", "clearActivity");
    expect(await ask(world, "activity", "activityDetails", { id })).toEqual({ ok: false, problem: "gone" });
  });

  it("holds headers and bodies only once the owner says so, without his own secrets, and forgets them when he says no", async () => {
    const { world, pair } = await connected();
    const session = await pair();
    const { electron } = world;
    electron.tray.choose("Activity");
    electron.tray.choose("Settings…");
    await until(() => electron.window("activity") !== undefined && electron.window("settings") !== undefined);
    await ask(world, "settings", "setHeader", { name: "x-ora-token", value: "SECRET" });
    const echo = async (body: string) => {
      await (await session.fetch("/echo", { method: "POST", body })).text();
      return world.app.keeper.node?.activity.list(1)[0]?.id;
    };
    const details = async (id: number | undefined) =>
      (await ask(world, "activity", "activityDetails", { id })) as {
        value: { request?: { headers: unknown[]; body?: unknown }; response?: { body?: unknown } };
      };
    expect((await details(await echo("before"))).value.request).toBeUndefined();
    expect(await ask(world, "activity", "setCapture", { on: true })).toEqual({ ok: true });
    const id = await echo("hello こんにちは");
    const { value } = await details(id);
    expect(value.request?.body).toEqual({ text: "hello こんにちは", encoding: "utf8", truncated: false });
    expect(value.response?.body).toEqual(value.request?.body);
    expect(value.request?.headers).toContainEqual(["x-ora-token", "•••"]);
    expect(JSON.stringify(value)).not.toContain("SECRET");
    // It holds for this run, over a new start of the node, whose list begins anew.
    await ask(world, "settings", "saveSetting", { key: "pcName", value: "Laptop" });
    await until(() => world.app.facts?.relay.kind === "connected");
    const later = await echo("after");
    expect((await details(later)).value.request?.body).toMatchObject({ text: "after" });
    const window = electron.window("activity");
    expect(window?.sent.map(({ args }) => args[1])).toContainEqual(
      expect.objectContaining({ kind: "whole", capture: true }),
    );
    await ask(world, "activity", "setCapture", { on: false });
    expect((await details(later)).value.request).toBeUndefined();
  });
});
