/** The tray app whole: pairing by QR link and typed code, allowing, refusing, undoing, as its owner sees it. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { oddApi } from "../../desktop/core/testing/odd-api.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { startTestRelay } from "../support/relay.ts";
import { builtApp, phone, type TrayWorld, trayWorld, until } from "./tray-world.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const link = (world: TrayWorld) => world.app.facts?.link ?? "";

describeWithChromium("the tray app with its windows", [], (browser) => {
  let built: string;
  beforeAll(async () => {
    built = await builtApp();
  });

  async function setUp(settings: Record<string, unknown> = {}) {
    const relay = await startTestRelay();
    cleanups.push(() => relay.close());
    const api = await oddApi();
    cleanups.push(() => api.close());
    const world = await trayWorld({
      built,
      browser: browser(),
      settings: { relayUrl: relay.origin, apiUrl: api.target.origin, ...settings },
    });
    cleanups.push(() => world.close());
    await until(() => world.app.facts?.link !== undefined && world.app.facts.offers.typed !== undefined);
    return { relay, api, world, page: await world.page("pairing") };
  }

  describe("starting the app", () => {
    it("shows the code and the QR code at once, and nothing goes anywhere else", async () => {
      const { world, page } = await setUp();
      const code = world.app.facts?.offers.typed?.code ?? "";
      await page.getByText(code.split("-")[1] ?? "", { exact: true }).waitFor();
      await page.getByRole("img", { name: /QR/ }).waitFor();
      expect(world.host?.strangers).toEqual([]);
      expect(world.host?.complaints).toEqual([]);
      expect(world.electron.window("pairing")).toMatchObject({ isShown: true, isProtected: true });
      await page.getByRole("button", { name: "Copy link" }).click();
      await until(() => world.electron.copied.length > 0);
      expect(world.electron.copied).toEqual([link(world)]);
    });

    it("says in tooltip, icon and menu that it is connected", async () => {
      const { world } = await setUp();
      const { tray } = world.electron;
      await until(() => tray.tooltip.startsWith("ORA: Connected through 127.0.0.1"));
      expect(tray.image).toMatch(/tray\/linux\/connected-dark-48\.png$/);
      expect(tray.labels()[0]).toMatch(/^Connected through 127\.0\.0\.1:\d+ since \d\d:\d\d\.$/);
    });
  });

  describe("pairing", () => {
    it("by link asks with the check number that the phone shows, and Allow lets it in", async () => {
      const { world, relay, page } = await setUp();
      const { pairing, session } = await phone(relay.origin, link(world));
      await page.getByText("Pixel 9").first().waitFor();
      await page.getByText(pairing.checkNumber, { exact: true }).waitFor();
      expect(world.electron.tray.image).toMatch(/attention/);
      expect(world.electron.announced.at(-1)?.title).toBe("Pixel 9 asks to be let in");
      expect(world.app.facts?.devices).toEqual([]);
      await until(async () => {
        // Allow counts only once the question could be seen.
        await page
          .getByRole("button", { name: "Allow", exact: true })
          .click({ timeout: 1_000 })
          .catch(() => undefined);
        return world.app.facts?.devices.length === 1;
      });
      const open = await session();
      cleanups.push(() => open.close());
      expect((await open.fetch("/x")).status).toBe(200);
      await until(() => world.electron.tray.labels().includes("Pixel 9 – connected"));
    });

    it("by typed code works from the phone's side alone, when the owner does not want to be asked", async () => {
      const { world, relay } = await setUp({ askBeforePairing: false });
      const { session } = await phone(relay.origin, world.app.facts?.offers.typed?.code ?? "");
      const open = await session();
      cleanups.push(() => open.close());
      expect((await open.fetch("/x")).status).toBe(200);
      expect(world.electron.announced.at(-1)).toMatchObject({
        title: "Pixel 9 may now reach this PC",
        buttons: ["Undo"],
      });
    });

    it("is refused by Don't allow, and nothing is stored", async () => {
      const { world, relay, page } = await setUp();
      const { session } = await phone(relay.origin, link(world), "<b>Stranger</b>\u202E");
      await page.getByText("<b>Stranger</b>").first().waitFor();
      await page.getByRole("button", { name: /Don.t allow/ }).click();
      await expect(session()).rejects.toMatchObject({ problem: { code: "pairing_refused" } });
      expect(world.app.facts?.devices).toEqual([]);
      expect((await world.store.list()).filter((item) => item.startsWith("device-"))).toEqual([]);
    });

    it("is undone by the notification's button, in the middle of a download", async () => {
      const { world, relay } = await setUp({ askBeforePairing: false });
      const open = await (await phone(relay.origin, link(world))).session();
      cleanups.push(() => open.close());
      const reader = (await open.fetch("/endless")).body?.getReader();
      await reader?.read();
      world.electron.announced.find(({ buttons }) => buttons.includes("Undo"))?.press();
      await expect(
        (async () => {
          while ((await reader?.read())?.done === false);
        })(),
      ).rejects.toThrow();
      await until(() => open.state.status === "revoked");
      expect(world.app.facts?.devices).toEqual([]);
      expect(world.electron.announced.at(-1)?.title).toBe("Pixel 9 was thrown out");
    });

    it("is undone in the window as well", async () => {
      const { world, relay, page } = await setUp({ askBeforePairing: false });
      const open = await (await phone(relay.origin, link(world))).session();
      cleanups.push(() => open.close());
      await page.getByRole("button", { name: "Undo" }).click();
      await until(() => world.app.facts?.devices.length === 0);
      await until(() => open.state.status === "revoked");
    });

    it("by typed code stops after three wrong guesses, says why, and waits for New code", async () => {
      const { world, relay, page } = await setUp();
      for (let guess = 0; guess < 3; guess += 1) {
        await until(() => world.app.facts?.offers.typed !== undefined);
        const code = world.app.facts?.offers.typed?.code ?? "";
        const wrong = `${code.slice(0, 8)}${code.endsWith("0") ? "1" : "0"}`;
        await expect(phone(relay.origin, wrong)).rejects.toMatchObject({ problem: { code: "wrong_code" } });
        await until(() => world.app.facts?.offers.typed?.code !== code);
      }
      await until(() => world.app.facts?.offers.typedIsPaused === true);
      await page.getByRole("img", { name: /QR/ }).waitFor();
      await page.getByRole("button", { name: "New code" }).click();
      await until(() => world.app.facts?.offers.typed !== undefined);
    });

    it("hides the code while the screen is locked", async () => {
      const { world, page } = await setUp();
      const half = world.app.facts?.offers.typed?.code.split("-")[1] ?? "";
      await page.getByText(half, { exact: true }).waitFor();
      world.electron.power.emit("lock-screen");
      await page.getByText(half, { exact: true }).waitFor({ state: "detached" });
      expect(await page.content()).not.toContain(half);
      expect(await page.getByRole("img", { name: /QR/ }).count()).toBe(0);
      world.electron.power.emit("unlock-screen");
      await page.getByRole("img", { name: /QR/ }).waitFor();
    });
  });
});
