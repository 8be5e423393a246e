/** What pages can do, and what opens windows: the main process on the Electron double, with a real relay; nobody looks at windows. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../desktop/core/clock.ts";
import { COMMAND_CHANNEL, VIEW_CHANNEL } from "../../desktop/electron/ipc-channels.ts";
import { pageUrl } from "../../desktop/electron/page-scheme.ts";
import type { ElectronDouble } from "../../desktop/electron/testing/electron-double.ts";
import { ask, mainProcessStage } from "./main-process-stage.ts";
import { until } from "./tray-world.ts";

const stage = mainProcessStage();
const { connected, start } = stage;
beforeAll(stage.prepare);
afterEach(stage.clean);

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
    const world = start({ electron: { isFirstInstance: false }, desktop: { openStore } });
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

  it("stay closed at a start by macOS, which says so in its own way, and open when its user comes", async () => {
    let now = Date.now();
    const { electron } = await start({
      electron: { wasOpenedAtLogin: true },
      desktop: {
        platform: "darwin",
        clock: {
          now: () => now,
          after: (ms, run) => (ms > 1_000 ? () => undefined : systemClock.after(ms, run)),
        },
      },
    });
    electron.appEvents.emit("activate", {});
    expect(electron.windows).toEqual([]);
    now += 60_000;
    electron.appEvents.emit("activate", {});
    expect(electron.window("pairing")).toBeDefined();
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
      "https://api.github.com/repos/someone/ora-relay/releases/latest",
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
