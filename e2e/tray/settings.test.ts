/** Settings, proxies, faults: the main process on the Electron double, with a real relay. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ControlError } from "../../desktop/core/control/address.ts";
import { VIEW_CHANNEL } from "../../desktop/electron/ipc-channels.ts";
import { pageUrl } from "../../desktop/electron/page-scheme.ts";
import { ask, mainProcessStage } from "./main-process-stage.ts";
import { until } from "./tray-world.ts";

const stage = mainProcessStage();
const { connected, start } = stage;
beforeAll(stage.prepare);
afterEach(stage.clean);

describe("a proxy of the system's", () => {
  it("that speaks SOCKS alone is never gone round: the app says so and leads to where another is chosen", async () => {
    const world = await start({ args: ["--at-login"] });
    const { electron } = world;
    electron.proxy = "SOCKS5 127.0.0.1:9050";
    electron.tray.choose("Settings…");
    await until(() => electron.window("settings") !== undefined);
    const save = (key: string, value: unknown) => ask(world, "settings", "saveSetting", { key, value });
    // A test network's address: whatever dialled it would wait for long.
    expect(await save("relayUrl", "ws://192.0.2.1:9010")).toEqual({ ok: true });
    expect(electron.tray.labels()[0]).toBe(
      "This system’s proxy is a SOCKS proxy, which ORA cannot go through.",
    );
    expect(world.app.keeper.node).toBeUndefined();
    expect(await ask(world, "settings", "testRelay", { url: "ws://192.0.2.1:9010" })).toEqual({
      ok: false,
      problem: "socks_proxy",
    });
    electron.tray.choose("Choose None or an HTTP proxy in Settings.");
    expect(world.app.view("settings").led.section).toBe("app");
    const manual = { kind: "manual", url: "socks5://127.0.0.1:9050" };
    expect(await save("proxy", manual)).toEqual({ ok: false, problem: "socks_proxy" });
    expect(await save("proxy", { kind: "none" })).toEqual({ ok: true });
    expect(world.app.current.kind).toBe("running");
  });

  it("is no matter for a relay on this machine", async () => {
    const { world } = await connected();
    world.electron.proxy = "SOCKS5 127.0.0.1:9050";
    await world.app.keeper.restart();
    await until(() => world.app.facts?.link !== undefined);
  });
});

describe("one node a user", () => {
  it("is kept to: a headless node that runs already is named", async () => {
    const { electron } = await start({
      desktop: {
        claim: async () => {
          throw new ControlError("already_running", "another node is running");
        },
      },
    });
    expect(electron.tray.labels()[0]).toBe("Another copy of ORA is already running on this PC.");
  });
});

describe("what goes wrong inside", () => {
  it("is logged without what it quotes, and the app goes on", async () => {
    let uncaught: (error: unknown) => void = () => undefined;
    const { electron, logs, app } = await start({
      desktop: {
        onUncaught: (handle) => {
          uncaught = handle;
        },
      },
    });
    uncaught(new Error("token=SECRET-9999"));
    uncaught("SECRET-9999");
    uncaught(Object.assign(new TypeError("SECRET-9999"), { code: "ERR_X" }));
    electron.tray.choose("Settings…");
    await until(() => electron.window("settings") !== undefined);
    let text = "";
    await until(async () => {
      text = await readFile(join(logs, "ora.log"), "utf8").catch(() => "");
      return text.includes("ERR_X");
    });
    expect(text).not.toContain("SECRET");
    expect(app.current.kind).toBe("no_relay");
    electron.tray.choose("About", "Open the log folder");
    expect(electron.opened).toEqual([logs]);
  });
});

describe("settings", () => {
  it("are checked, saved and in force at once: the node starts anew", async () => {
    const { world } = await connected();
    const { electron, app } = world;
    electron.tray.choose("Settings…");
    await until(() => electron.window("settings") !== undefined);
    const save = (key: string, value: unknown) => ask(world, "settings", "saveSetting", { key, value });
    expect(await save("deviceExpiryDays", 0)).toEqual({ ok: false, problem: "bad_number" });
    expect(await save("relayUrl", "ftp://x")).toEqual({ ok: false, problem: "bad_relay_url" });
    const before = app.keeper.node;
    expect(await save("pcName", "Laptop")).toEqual({ ok: true });
    expect(app.keeper.node).not.toBe(before);
    await until(() => app.facts?.link !== undefined && app.facts.name === "Laptop");
    expect(await save("language", "ja")).toEqual({ ok: true });
    expect(electron.tray.labels()).toContain("ORA を終了");
  });

  it("hold rules and headers, and tell what would be allowed", async () => {
    const { world, pair, api } = await connected();
    const session = await pair();
    world.electron.tray.choose("Settings…");
    await until(() => world.electron.window("settings") !== undefined);
    const run = (name: string, input: unknown) => ask(world, "settings", name, input);
    const device = world.app.facts?.devices[0]?.id;
    expect(await run("setHeader", { name: "x-ora-token", value: "SECRET" })).toEqual({ ok: true });
    expect(await run("setHeader", { name: "host", value: "x" })).toEqual({
      ok: false,
      problem: "reserved_header",
    });
    expect(await run("addRule", { effect: "deny", methods: [], prefix: "/admin" })).toEqual({ ok: true });
    expect(await run("addRule", { effect: "deny", methods: [], prefix: "/a/../b" })).toEqual({
      ok: false,
      problem: "bad_prefix",
    });
    const would = (path: string) => run("wouldAllow", { device, method: "GET", path });
    expect(await would("/admin/x")).toEqual({
      ok: true,
      value: { allowed: false, reason: "denied_by_rule" },
    });
    expect(await would("/x")).toEqual({ ok: true, value: { allowed: true } });
    expect((await session.fetch("/admin")).status).toBe(403);
    expect((await session.fetch("/x")).status).toBe(200);
    expect(api.seen.at(-1)?.headers.join()).toContain("SECRET");
    const window = world.electron.window("settings") ?? { id: 0 };
    const view = await world.electron.invoke(window, { url: pageUrl("settings") }, VIEW_CHANNEL, [
      "settings",
    ]);
    expect(JSON.stringify(view)).not.toContain("SECRET");
    expect(view).toMatchObject({
      headers: ["x-ora-token"],
      rules: [{ prefix: "/admin" }],
      keychain: "ready",
    });
  });

  it("can give this PC a new identity, which no device knows", async () => {
    const { world, pair } = await connected();
    const session = await pair();
    expect((await session.fetch("/x")).status).toBe(200);
    const { electron, app } = world;
    electron.tray.choose("Settings…");
    await until(() => electron.window("settings") !== undefined);
    const before = app.facts?.nodeId;
    expect(await ask(world, "settings", "newIdentity")).toEqual({ ok: true });
    await until(() => app.facts?.link !== undefined);
    expect(app.facts?.nodeId).not.toBe(before);
    expect(app.facts?.devices).toEqual([]);
    await until(() => session.state.status === "revoked");
  });

  it("look for a newer release only when asked, and take a version from the answer and nothing else", async () => {
    const { electron, app } = await start();
    electron.release = async () => Response.json({ tag_name: "v9.1.0", html_url: "https://evil.example" });
    electron.tray.choose("About", "Look for a newer release");
    await until(() => electron.tray.labels().includes("Get version 9.1.0…"));
    expect(electron.announced.at(-1)?.title).toBe("Version 9.1.0 is there");
    electron.tray.choose("About", "Get version 9.1.0…");
    expect(electron.opened).toEqual(["https://github.com/someone/ora-relay/releases/latest"]);
    for (const tag of ["v9.2.0-rc1", "<b>", 7, null, "v1.0"]) {
      electron.release = async () => Response.json({ tag_name: tag });
      expect(await app.updates.look()).toBe("unknown");
    }
    electron.release = async () => new Response("x".repeat(300_000));
    expect(await app.updates.look()).toBe("unknown");
  });

  it("tell what came of looking, also when there is nothing newer or nobody answers", async () => {
    const { electron } = await start();
    const look = async (release: () => Promise<Response>) => {
      const before = electron.announced.length;
      electron.release = release;
      electron.tray.choose("About", "Look for a newer release");
      await until(() => electron.announced.length > before);
      return electron.announced.at(-1)?.title;
    };
    expect(await look(async () => Response.json({ tag_name: "v1.0.0" }))).toBe("This is the newest release");
    expect(await look(() => Promise.reject(new Error("offline")))).toBe("Could not look for a newer release");
  });
});
