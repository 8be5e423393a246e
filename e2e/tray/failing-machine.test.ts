/** A machine that fails around the app: a keychain that takes its time, a disk that is full. Nothing is lost silently. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { memorySecrets } from "../../desktop/core/secrets/memory.ts";
import type { SecretStore } from "../../desktop/core/secrets/secret-store.ts";
import { ElectronDouble } from "../../desktop/electron/testing/electron-double.ts";
import { ask, mainProcessStage } from "./main-process-stage.ts";
import { until } from "./tray-world.ts";

const stage = mainProcessStage();
const { connected, later, start } = stage;
beforeAll(stage.prepare);
afterEach(stage.clean);

describe("a keychain that takes its time", () => {
  it("has the window up meanwhile, which says that the app starts; then all goes on", async () => {
    const store = memorySecrets();
    let open: (store: SecretStore) => void = () => undefined;
    const opening = new Promise<SecretStore>((resolve) => {
      open = resolve;
    });
    const logs = await mkdtemp(join(tmpdir(), "ora-slow-"));
    later(() => rm(logs, { recursive: true, force: true }));
    const electron = new ElectronDouble({ logs });
    const starting = start({ desktop: { electron: electron.port, openStore: () => opening } });
    await until(() => electron.window("pairing")?.isShown === true);
    expect(electron.tray.labels()[0]).toBe("Starting…");
    expect(electron.tray.image).toMatch(/connecting/);
    // The menu and its windows work without it.
    electron.tray.choose("Settings…");
    await until(() => electron.window("settings") !== undefined);
    open(store);
    const world = await starting;
    expect(world.app.current.kind).toBe("no_relay");
    expect(electron.tray.labels()[0]).toBe("No relay is set up yet.");
  });
});

// The device that is always full is Linux's own.
describe.skipIf(process.platform !== "linux")("a full disk", () => {
  it("costs an exported file, and says so", async () => {
    const { world, pair } = await connected();
    const session = await pair();
    await session.fetch("/x");
    const { electron } = world;
    electron.tray.choose("Activity");
    await until(() => electron.window("activity") !== undefined);
    electron.saveTo = "/dev/full";
    const exported = await ask(world, "activity", "exportHar", { ids: [0] });
    expect(exported).toEqual({ ok: false, problem: "failed" });
    expect((await session.fetch("/x")).status).toBe(200);
  });

  it("costs the log, and nothing else", async () => {
    const home = await mkdtemp(join(tmpdir(), "ora-full-"));
    later(() => rm(home, { recursive: true, force: true }));
    // A file where the folder should be: every write fails, as on a full disk.
    const logs = join(home, "logs");
    await writeFile(logs, "");
    const { world, pair } = await connected({ electron: { logs } });
    world.app.fault(new Error("something"));
    expect((await (await pair()).fetch("/x")).status).toBe(200);
    expect(await readFile(logs, "utf8")).toBe("");
  });

  it("or one that cannot be read costs the question whether it starts at login, and the app starts", async () => {
    const home = await mkdtemp(join(tmpdir(), "ora-full-"));
    later(() => rm(home, { recursive: true, force: true }));
    // A folder where the file should be cannot be read as one, whoever asks.
    await mkdir(join(home, "autostart", "ora-relay.desktop"), { recursive: true });
    const env = { XDG_CONFIG_HOME: home };
    const { electron } = await start({ electron: { isPackaged: true }, desktop: { env } });
    expect(electron.tray.labels()[0]).toBe("No relay is set up yet.");
    expect(electron.tray.labels()).not.toContain("Start at login");
  });

  it("costs starting at login, which stays as it was, and is told as such", async () => {
    const home = await mkdtemp(join(tmpdir(), "ora-full-"));
    later(() => rm(home, { recursive: true, force: true }));
    await mkdir(join(home, "config"));
    await writeFile(join(home, "config", "autostart"), "");
    const env = { XDG_CONFIG_HOME: join(home, "config") };
    const { electron } = await start({ electron: { isPackaged: true }, desktop: { env } });
    electron.tray.choose("Start at login");
    await until(() => electron.asked.length > 0);
    expect(electron.asked.at(-1)).toMatchObject({
      type: "error",
      message: "That was not done",
      detail: "The reason is in the log folder, under About.",
    });
  });
});
