/** The main process of the tray app on the Electron double, with a real relay and a real client; nobody looks at windows. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ControlError } from "../../desktop/core/control/address.ts";
import { memorySecrets } from "../../desktop/core/secrets/memory.ts";
import { SecretsError } from "../../desktop/core/secrets/secret-store.ts";
import { oddApi } from "../../desktop/core/testing/odd-api.ts";
import { COMMAND_CHANNEL, VIEW_CHANNEL } from "../../desktop/electron/ipc-channels.ts";
import { pageUrl } from "../../desktop/electron/page-scheme.ts";
import type { ElectronDouble } from "../../desktop/electron/testing/electron-double.ts";
import { startTestRelay } from "../support/relay.ts";
import { builtApp, phone, type TrayWorld, type TrayWorldOptions, trayWorld, until } from "./tray-world.ts";

let built: string;
const cleanups: (() => unknown)[] = [];
beforeAll(async () => {
  built = await builtApp();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: Partial<TrayWorldOptions> = {}): Promise<TrayWorld> {
  const world = await trayWorld({ built, ...options });
  cleanups.push(() => world.close());
  return world;
}

async function connected(options: Partial<TrayWorldOptions> = {}) {
  const relay = await startTestRelay();
  cleanups.push(() => relay.close());
  const api = await oddApi();
  cleanups.push(() => api.close());
  const world = await start({
    ...options,
    settings: {
      relayUrl: relay.origin,
      apiUrl: api.target.origin,
      askBeforePairing: false,
      ...options.settings,
    },
  });
  await until(() => world.app.facts?.link !== undefined && world.app.facts.api.kind === "up");
  const pair = async (name?: string) => {
    const link = world.app.facts?.link ?? "";
    const session = await (await phone(relay.origin, link, name)).session();
    cleanups.push(() => session.close());
    await until(() => world.app.facts?.link !== undefined && world.app.facts.link !== link);
    return session;
  };
  return { relay, api, world, pair };
}

const ask = (
  world: TrayWorld,
  window: "pairing" | "settings" | "activity",
  name: string,
  input?: unknown,
) => {
  const shown = world.electron.window(window);
  if (shown === undefined) throw new Error(`no ${window} window`);
  return world.electron.invoke(shown, { url: pageUrl(window) }, COMMAND_CHANNEL, [name, input]);
};

describe("the first steps of the main process", () => {
  it("are the lock, the sandbox and the scheme, all before Electron is ready", async () => {
    const { electron } = await start();
    expect(electron.calls.slice(0, 6)).toEqual([
      "lock",
      "sandbox",
      "name ORA Relay",
      "id relay.ora.desktop",
      "scheme",
      "ready",
    ]);
    expect(electron.schemes).toMatchObject([
      { scheme: "ora-app", privileges: { standard: true, secure: true } },
    ]);
    expect(electron.schemes[0]?.privileges?.bypassCSP).toBeUndefined();
  });

  it("end there for a second instance, which touches nothing", async () => {
    const openStore = () => expect.fail("opened the keychain");
    const world = trayWorld({ built, electron: { isFirstInstance: false }, desktop: { openStore } });
    await expect(world).rejects.toThrow("did not start");
  });
});

describe("windows", () => {
  it("open at the start, and again by a second start, a double-click and the menu", async () => {
    const { electron } = await connected().then(({ world }) => world);
    const first = electron.window("pairing");
    expect(first?.isShown).toBe(true);
    first?.destroy();
    electron.startAgain();
    await until(() => electron.window("pairing")?.isShown === true);
    electron.window("pairing")?.destroy();
    electron.tray.happenings.emit("double-click");
    await until(() => electron.window("pairing")?.isShown === true);
    electron.window("pairing")?.destroy();
    electron.tray.choose("Show code");
    await until(() => electron.window("pairing")?.isShown === true);
    const again = electron.window("pairing");
    electron.startAgain();
    expect(electron.window("pairing")).toBe(again);
    expect(again?.focused).toBe(1);
  });

  it("stay closed at a start by the system, also without a relay", async () => {
    const { electron } = await start({ args: ["--at-login"] });
    expect(electron.windows).toEqual([]);
    expect(electron.tray.labels()[0]).toBe("No relay is set up yet.");
  });

  it("are all that a deep link opens, whatever it says", async () => {
    const { world, pair } = await connected();
    await pair();
    const { electron, app } = world;
    for (const window of electron.windows) window.destroy();
    const links = [
      "ora://settings",
      "ora://revoke-all?confirm=1",
      "ora://pair/#P2.X.Y.Z",
      `ora://${"x".repeat(100_000)}`,
    ];
    for (const link of links) electron.openLink(link);
    electron.openLink("https://evil.example/");
    electron.startAgain("--flag", "ora://activity");
    await until(() => electron.windows.filter((window) => !window.isDestroyed()).length === 3);
    expect(app.facts?.devices).toHaveLength(1);
    expect(electron.asked).toEqual([]);
    expect(electron.opened).toEqual([]);
  });

  it("are shut off: sandboxed, without Node, no navigation, no new windows, no permissions, no requests", async () => {
    const { electron } = await start();
    const [window] = electron.windows;
    expect(window?.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    });
    for (const event of [
      "will-navigate",
      "will-redirect",
      "will-attach-webview",
      "will-frame-navigate",
    ] as const) {
      expect(window?.wouldNavigate(event)).toBe(false);
    }
    expect(window?.wouldOpen("https://evil.example")).toBe("deny");
    for (const permission of ["media", "geolocation", "notifications", "clipboard-read", "openExternal"]) {
      expect(electron.grants(permission)).toBe(false);
    }
    expect(electron.calls).toContain("check false");
    expect(electron.calls).toContain("device false");
    expect(electron.passes(pageUrl("pairing"))).toBe(true);
    for (const url of [
      "https://evil.example",
      "http://127.0.0.1:9010/",
      "file:///etc/passwd",
      "ora-app://other/pairing.html",
      "ora-app://windows.evil/pairing.html",
      "data:text/html,<script>1</script>",
      "wss://evil.example",
    ]) {
      expect(electron.passes(url)).toBe(false);
    }
  });

  it("get their pages with a policy that allows nothing else, and no other file", async () => {
    const { electron } = await start();
    const page = await electron.serve(pageUrl("pairing"));
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'/);
    const refused = [
      "ora-app://windows/../main.cjs",
      "ora-app://windows/%2e%2e/main.cjs",
      "ora-app://windows/main.cjs",
      "ora-app://windows/",
      "ora-app://windows/pairing.html?x=1",
      "ora-app://elsewhere/pairing.html",
      "ora-app://windows/nothing.js",
    ];
    for (const url of refused) expect((await electron.serve(url)).status).toBe(404);
    expect((await electron.serve(pageUrl("pairing"), "POST")).status).toBe(404);
  });
});

describe("messages of pages", () => {
  it("count only from the main frame of the right window at its own address", async () => {
    const { world } = await connected();
    const { electron } = world;
    const window = electron.window("pairing") ?? expect.fail("no window");
    const send = (frame: Parameters<ElectronDouble["invoke"]>[1], id = window) =>
      electron.invoke(id, frame, COMMAND_CHANNEL, ["copyLink"]);
    const url = pageUrl("pairing");
    for (const frame of [
      { url: "https://evil.example/pairing.html" },
      { url: pageUrl("settings") },
      { url: `${url}#x` },
      { url: "about:blank" },
      { url: "" },
      { url, isMain: false },
      null,
    ]) {
      await expect(send(frame)).rejects.toThrow("refused");
    }
    await expect(electron.invoke({ id: 12345 }, { url }, COMMAND_CHANNEL, ["copyLink"])).rejects.toThrow(
      "refused",
    );
    expect(electron.copied).toEqual([]);
    expect(await send({ url })).toEqual({ ok: true });
    expect(electron.copied).toHaveLength(1);
    await expect(electron.invoke(window, { url }, VIEW_CHANNEL, ["settings"])).rejects.toThrow("refused");
  });

  it("that are nonsense are answered and change nothing", async () => {
    const { world, pair } = await connected();
    await pair();
    const bad = { ok: false, problem: "bad_command" };
    expect(await ask(world, "pairing", "revokeAll", {})).toEqual(bad);
    expect(await ask(world, "pairing", "__proto__")).toEqual(bad);
    expect(await ask(world, "pairing", "decide", { question: "1", allow: true })).toEqual(bad);
    expect(await ask(world, "pairing", "undoPairing", { device: "../x" })).toEqual(bad);
    expect(await ask(world, "pairing", "decide", { question: 999, allow: true })).toEqual({
      ok: false,
      problem: "gone",
    });
    expect(world.app.facts?.devices).toHaveLength(1);
  });
});

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

describe("the machine", () => {
  it("tells its devices before it sleeps, and serves them again when it wakes", async () => {
    const { world, relay } = await connected();
    const device = await phone(relay.origin, world.app.facts?.link ?? "");
    const session = await device.session();
    cleanups.push(() => session.close());
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
    cleanups.push(() => again.close());
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

describe("the keychain", () => {
  it("that is missing is said plainly with what to do, and nothing is written anywhere", async () => {
    const { electron, logs } = await start({
      desktop: {
        openStore: async () => {
          throw new SecretsError(
            "no_keychain",
            "no usable keychain: Cannot autolaunch D-Bus without X11 $DISPLAY. To go on: x",
          );
        },
      },
    });
    expect(electron.tray.image).toMatch(/attention/);
    expect(electron.tray.labels()[0]).toBe("This PC has no keychain that can be used.");
    expect(
      await electron.invoke(electron.windows[0] ?? { id: 0 }, { url: pageUrl("pairing") }, VIEW_CHANNEL, [
        "pairing",
      ]),
    ).toMatchObject({
      status: { ring: "attention", remedy: "try_now", title: "This PC has no keychain that can be used." },
    });
    electron.tray.choose("Settings…");
    await until(() => electron.window("settings") !== undefined);
    const saved = await electron.invoke(
      electron.window("settings") ?? { id: 0 },
      { url: pageUrl("settings") },
      COMMAND_CHANNEL,
      ["saveSetting", { key: "relayUrl", value: "wss://relay.example" }],
    );
    expect(saved).toMatchObject({ ok: false, problem: "keychain_failed" });
    const log = await readFile(join(logs, "ora.log"), "utf8").catch(() => "");
    expect(log).not.toContain("relay.example");
  });

  it("that was locked is used once it opens, on the owner's word", async () => {
    const store = memorySecrets();
    let isLocked = true;
    const { electron } = await start({
      desktop: {
        openStore: async () => {
          if (isLocked)
            throw new SecretsError("no_keychain", "no usable keychain: it does not answer. To go on: x");
          return store;
        },
      },
    });
    expect(electron.tray.labels()[0]).toBe("The keychain is locked or does not answer.");
    isLocked = false;
    electron.tray.choose("Unlock it, then choose Try again.");
    await until(() => electron.tray.labels()[0] === "No relay is set up yet.");
  });

  it("with damaged settings starts no node, names them, and keeps them until they are entered again", async () => {
    const store = memorySecrets();
    await store.set("setting-relay-url", '{"v":1,"value":"wss://rel');
    await store.set("setting-proxy", '{"v":9,"value":{"kind":"tor"}}');
    const { electron, app } = await start({ store });
    expect(electron.tray.labels()[0]).toBe(
      "Something stored in the keychain cannot be read (setting-relay-url, setting-proxy).",
    );
    expect(app.keeper.node).toBeUndefined();
    expect(await store.get("setting-proxy")).toBe('{"v":9,"value":{"kind":"tor"}}');
    electron.tray.choose("Settings…");
    await until(() => electron.window("settings") !== undefined);
    const save = (key: string, value: unknown) =>
      electron.invoke(
        electron.window("settings") ?? { id: 0 },
        { url: pageUrl("settings") },
        COMMAND_CHANNEL,
        ["saveSetting", { key, value }],
      );
    await save("proxy", { kind: "none" });
    expect(app.keeper.node).toBeUndefined();
    await save("relayUrl", "ws://127.0.0.1:1");
    await until(() => app.keeper.node !== undefined);
  });

  it("with a damaged identity starts no node, and keeps the item", async () => {
    const store = memorySecrets();
    await store.set("node_key", '{"v":1,"key":"short"}');
    const { electron } = await start({ store, settings: { relayUrl: "ws://127.0.0.1:1" } });
    expect(electron.tray.labels()[0]).toBe("Something stored in the keychain cannot be read (node_key).");
    expect(await store.get("node_key")).toBe('{"v":1,"key":"short"}');
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

  it("can give this PC a new identity, after asking", async () => {
    const { world, pair } = await connected();
    const session = await pair();
    expect((await session.fetch("/x")).status).toBe(200);
    const { electron, app } = world;
    electron.tray.choose("Settings…");
    await until(() => electron.window("settings") !== undefined);
    const before = app.facts?.nodeId;
    expect(await ask(world, "settings", "newIdentity")).toMatchObject({ ok: false });
    expect(app.facts?.nodeId).toBe(before);
    electron.answer = true;
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
    electron.tray.choose("About", "Get version 9.1.0…");
    expect(electron.opened).toEqual(["https://github.com/someone/ora-relay/releases/latest"]);
    for (const tag of ["v9.2.0-rc1", "<b>", 7, null, "v1.0"]) {
      electron.release = async () => Response.json({ tag_name: tag });
      expect(await app.lookForUpdate()).toBe("unknown");
    }
    electron.release = async () => new Response("x".repeat(300_000));
    expect(await app.lookForUpdate()).toBe("unknown");
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
    await ask(world, "activity", "setCapture", { on: false });
    expect((await details(id)).value.request).toBeUndefined();
  });
});
