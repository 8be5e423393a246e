/** What a hostile relay, hostile clients and a failing machine can do to the tray app: nothing but fail themselves. */
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { memorySecrets } from "../../desktop/core/secrets/memory.ts";
import { SecretsError } from "../../desktop/core/secrets/secret-store.ts";
import { fakeRelay } from "../../desktop/core/testing/fake-relay.ts";
import { COMMAND_CHANNEL } from "../../desktop/electron/ipc-channels.ts";
import { pageUrl } from "../../desktop/electron/page-scheme.ts";
import { WINDOW_COMMANDS, WINDOWS } from "../../desktop/windows/contract/command-names.ts";
import { pairV1 } from "../support/v1-client.ts";
import { HOSTILE_NAMES } from "../windows/scenes/hostile.ts";
import { ask, mainProcessStage } from "./main-process-stage.ts";
import { phone, until } from "./tray-world.ts";

/** With what else is in the message. UTF-16 units. */
const LONGEST_NAME = 3_000;

const stage = mainProcessStage();
const { connected, later, start } = stage;
beforeAll(stage.prepare);
afterEach(stage.clean);

describe("a relay that lies about everything it may say", () => {
  it("brings the app neither down nor to say anything of the relay's own words", async () => {
    const relay = await fakeRelay();
    later(() => relay.close());
    relay.echoes = true;
    const world = await start({ settings: { relayUrl: relay.url.href, plaintext: "refuse" } });
    const words = [
      "",
      "null",
      "[]",
      '{"type":"welcome"}',
      '{"type":"welcome","v":2,"now":-1,"public_url":"javascript:alert(1)","limits":{"channel_buffer":-5}}',
      '{"type":"welcome","v":2,"now":1e308,"limits":[],"__proto__":{"x":1}}',
      `{"type":"error","code":"EVIL ${"x".repeat(5_000)}"}`,
      `${"[".repeat(20_000)}`,
    ];
    for (const word of words) {
      const side = await relay.connections.next();
      side.send(word);
      side.send('{"type":"node_ready"}');
      side.send('{"type":"session_opened","id":"EVIL","ttl":9e9,"peer":"<b>EVIL\\u202e","code":"x"}');
      side.send(Buffer.alloc(100_000, 0xff).toString("latin1"));
      side.socket.close(4409, "EVIL");
      // An identity that is in use elsewhere would wait a minute.
      await until(() => world.app.facts?.relay.kind === "waiting");
      world.app.wakes();
    }
    expect(world.electron.tray.labels().join()).not.toContain("EVIL");
    expect(world.electron.tray.tooltip).not.toContain("EVIL");
    expect(world.electron.announced).toEqual([]);
    expect(world.app.facts?.link).toBeUndefined();
    expect(world.app.current.kind).toBe("running");
  });
});

describe("a hundred pairing attempts in a minute", () => {
  it("by typed code get three guesses, and the owner is not flooded", async () => {
    const { world, relay } = await connected({ settings: { askBeforePairing: true } });
    const wrong = (code: string) => `${code.slice(0, 8)}${code.endsWith("0") ? "1" : "0"}`;
    let last = "";
    for (let guess = 0; guess < 3; guess += 1) {
      last = world.app.facts?.offers.typed?.code ?? "";
      await expect(phone(relay.origin, wrong(last))).rejects.toThrow();
      await until(() => world.app.facts?.offers.typed?.code !== last);
    }
    const more = Array.from({ length: 97 }, () => phone(relay.origin, wrong(last)));
    const outcomes = await Promise.allSettled(more);
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    expect(world.app.facts?.offers.typedIsPaused).toBe(true);
    expect(
      world.electron.announced.filter(({ title }) => title === "Somebody typed a wrong code").length,
    ).toBeLessThanOrEqual(3);
    expect(world.app.facts?.devices).toEqual([]);
  });
});

describe("names that mean harm", () => {
  it("are one short plain line wherever the system shows them, and the device can still be thrown out", async () => {
    const { world, relay } = await connected({ settings: { askBeforePairing: true } });
    const { electron, app } = world;
    for (const [kind, name] of Object.entries(HOSTILE_NAMES)) {
      // What is longer does not fit the handshake, and no client comes so far.
      const { session } = await phone(relay.origin, app.facts?.link ?? "", name.slice(0, LONGEST_NAME));
      const open = session();
      await until(() => (app.facts?.questions.length ?? 0) === 1);
      const [question] = app.facts?.questions ?? [];
      expect(await ask(world, "pairing", "decide", { question: question?.id, allow: true })).toEqual({
        ok: true,
      });
      later(await open.then((live) => () => live.close()));
      await until(() => app.facts?.devices.length === 1 && app.facts.link !== undefined);
      electron.tray.choose("Devices", /./, /^Revoke/);
      await until(() => electron.asked.length > 0);
      const shown = [
        ...electron.tray.labels(),
        electron.tray.tooltip,
        ...electron.announced.flatMap(({ title, body }) => [title, body]),
        ...electron.asked.flatMap(({ message, buttons = [] }) => [message, ...buttons]),
      ];
      for (const text of shown) {
        expect(text, kind).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(Array.from(text).length, kind).toBeLessThan(200);
        // No letter is buried under marks.
        expect(text, kind).not.toMatch(/\p{M}{5,}/u);
      }
      const [device] = app.facts?.devices ?? [];
      expect(await ask(world, "pairing", "undoPairing", { device: device?.id })).toEqual({ ok: true });
      electron.asked.length = 0;
      electron.announced.length = 0;
    }
  });
});

describe("a page that a hostile script has got hold of", () => {
  it("can say whatever it likes: every message is answered, and the app stays up", async () => {
    const { world } = await connected();
    const { electron } = world;
    electron.tray.choose("Settings…");
    electron.tray.choose("Activity");
    await until(() => electron.window("settings") !== undefined && electron.window("activity") !== undefined);
    // Looking for apps would knock at every program of the machine that runs this test.
    const names = WINDOWS.flatMap((window) => WINDOW_COMMANDS[window]).filter(
      (name) => name !== "detectApis",
    );
    const cloned = fc
      .anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, maxDepth: 2 })
      .filter(isCloneable);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...WINDOWS),
        fc.oneof(fc.constantFrom<unknown>(...names), cloned),
        cloned,
        async (window, name, input) => {
          const shown = electron.window(window) ?? expect.fail(`no ${window}`);
          const answer = await electron.invoke(shown, { url: pageUrl(window) }, COMMAND_CHANNEL, [
            name,
            input,
          ]);
          expect(answer).toMatchObject({ ok: expect.any(Boolean) });
        },
      ),
      { numRuns: 300 },
    );
    expect(world.app.current.kind).toBe("running");
    // What it can have opened are the app's own places, and none that a page names.
    const own = [world.logs, "https://github.com/someone/ora-relay/releases/latest"];
    expect(
      electron.opened.filter((place) => !own.includes(place) && !place.endsWith("licences.txt")),
    ).toEqual([]);
  });
});

describe("a client that is not encrypted", () => {
  it("is announced and listed as such, and can be ended", async () => {
    const { world, relay } = await connected();
    const code = world.app.facts?.offers.plaintext?.code ?? "";
    expect((await pairV1(relay.origin, code)).status).toBe(200);
    const { electron } = world;
    await until(() => electron.tray.labels().includes("127.0.0.1 – not encrypted"));
    expect(electron.announced.at(-1)?.title).toBe("A client at 127.0.0.1 was let in, not encrypted");
    electron.tray.choose("Devices", /not encrypted/, "End this session");
    await until(() => electron.tray.labels().includes("No devices yet"));
  });

  it("finds no code where the owner refuses such clients", async () => {
    const { world } = await connected({ settings: { plaintext: "refuse" } });
    expect(world.app.facts?.offers.plaintext).toBeUndefined();
    expect(world.app.facts?.allowsPlaintext).toBe(false);
  });
});

describe("a keychain that fails or is slow", () => {
  it("lets no device in that it does not store, and says so", async () => {
    const inner = memorySecrets();
    let isFull = false;
    const store = {
      ...inner,
      set: (name: string, secret: string) =>
        isFull
          ? Promise.reject(new SecretsError("store_failed", "disk full SECRET"))
          : inner.set(name, secret),
    };
    const { world, relay } = await connected({ store });
    isFull = true;
    const { session } = await phone(relay.origin, world.app.facts?.link ?? "");
    await expect(session()).rejects.toThrow();
    await until(() => world.electron.announced.some(({ title }) => title === "Pixel 9 could not be paired"));
    const { tray } = world.electron;
    expect(tray.labels()).toContain("A change could not be stored. It is lost when ORA ends.");
    expect(tray.image).toMatch(/attention/);
    world.electron.tray.choose("Settings…");
    await until(() => world.electron.window("settings") !== undefined);
    const saved = await ask(world, "settings", "saveSetting", { key: "pcName", value: "Laptop" });
    expect(saved).toEqual({ ok: false, problem: "keychain_failed" });
    expect(world.app.facts?.name).toBe("Studio PC");
  });

  it("makes the app wait and nothing else: the window is there, and two changes at once keep their order", async () => {
    const inner = memorySecrets();
    const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
    const store = {
      ...inner,
      get: (name: string) => pause().then(() => inner.get(name)),
      set: (name: string, secret: string) => pause().then(() => inner.set(name, secret)),
    };
    const { world } = await connected({ store });
    world.electron.tray.choose("Settings…");
    await until(() => world.electron.window("settings") !== undefined);
    const save = (value: string) => ask(world, "settings", "saveSetting", { key: "pcName", value });
    await Promise.all([save("One"), save("Two"), save("Three")]);
    world.electron.tray.choose("Pause");
    world.electron.tray.choose("Pause");
    await until(() => world.app.current.kind === "paused");
    world.electron.tray.choose("Resume");
    await until(() => world.app.facts?.link !== undefined);
    expect(world.app.facts?.name).toBe("Three");
  });
});

describe("a local API that comes and goes", () => {
  it("is told in the menu by its hop, and forgotten when it is back", async () => {
    const { world, api, pair } = await connected();
    const session = await pair();
    const port = api.target.port;
    await api.close();
    await session.fetch("/x").catch(() => undefined);
    const { tray } = world.electron;
    await until(() => tray.labels()[0]?.startsWith("The app at http://127.0.0.1") === true);
    expect(tray.labels()[1]).toBe("● Phone – ● Relay – ● PC – ◇ App");
    expect(tray.image).toMatch(/attention/);
    const { createServer } = await import("node:http");
    const again = createServer((_, response) => response.end("ok")).listen(port, "127.0.0.1");
    later(() => again.close());
    await until(async () => (await session.fetch("/x").catch(() => undefined))?.status === 200);
    await until(() => tray.labels()[0]?.startsWith("Connected") === true);
    again.closeAllConnections();
  });
});

/** What a page can send at all. */
function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    // A function or the like: Electron refuses it in the page already.
    return false;
  }
}
