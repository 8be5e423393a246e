/** A keychain that is missing, locked or holds what cannot be read: the main process on the Electron double, with a real relay. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { memorySecrets } from "../../desktop/core/secrets/memory.ts";
import { SecretsError } from "../../desktop/core/secrets/secret-store.ts";
import { COMMAND_CHANNEL, VIEW_CHANNEL } from "../../desktop/electron/ipc-channels.ts";
import { pageUrl } from "../../desktop/electron/page-scheme.ts";
import { ask, mainProcessStage } from "./main-process-stage.ts";
import { until } from "./tray-world.ts";

const stage = mainProcessStage();
const { connected, start } = stage;
beforeAll(stage.prepare);
afterEach(stage.clean);

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
      await electron.invoke(
        electron.window("pairing") ?? { id: 0 },
        { url: pageUrl("pairing") },
        VIEW_CHANNEL,
        ["pairing"],
      ),
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
    expect(saved).toMatchObject({ ok: false, problem: "keychain_missing" });
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

describe("what cannot be read", () => {
  it("asks for the owner in mark and first line until he has removed it, and refuses everything meanwhile", async () => {
    const store = memorySecrets();
    await store.set("rule-7", '{"v":1,"effect":"de');
    const { world, pair } = await connected({ store });
    const { tray } = world.electron;
    await until(() => tray.labels()[0] === "Cannot be read and was left as it is: rule-7.");
    expect(tray.image).toMatch(/attention/);
    expect(tray.tooltip).toContain("rule-7");
    const session = await pair();
    expect((await session.fetch("/x")).status).toBe(403);
    tray.choose("Settings…");
    await until(() => world.electron.window("settings") !== undefined);
    expect(world.app.view("settings").damagedRules).toEqual([7]);
    expect(await store.get("rule-7")).toBe('{"v":1,"effect":"de');
    expect(await ask(world, "settings", "removeRule", { number: 7 })).toEqual({ ok: true });
    await until(() => tray.labels()[0]?.startsWith("Connected") === true);
    expect(tray.image).toMatch(/connected/);
    expect((await session.fetch("/x")).status).toBe(200);
  });
});
