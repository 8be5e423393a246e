/** Devices, sleep, outages, pause: the main process on the Electron double, with a real relay and a real client. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RunCommand } from "../../desktop/core/control/control-server.ts";
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
    expect(world.app.view("settings").led).toMatchObject({ section: "devices", renamed: device });
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
