/** What a new user does, from the windows alone: enters the relay, tests it, sees the code, and lets a phone in. */
import { once } from "node:events";
import { createServer } from "node:net";
import type { Browser } from "playwright-core";
import { create } from "qrcode";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { systemClock } from "../../desktop/core/clock.ts";
import { httpApi, nobody, rawApi } from "../../desktop/core/testing/fake-api.ts";
import { oddApi } from "../../desktop/core/testing/odd-api.ts";
import { checkRelay } from "../../desktop/tray/checks/relay-check.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { startTestRelay } from "../support/relay.ts";
import { builtApp, phone, trayWorld, until } from "./tray-world.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The brightness of each pixel of a picture, from 0 to 255, row by row. */
async function shades(browser: Browser, png: Buffer) {
  const page = await browser.newPage();
  try {
    return await page.evaluate(async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const { width, height } = image;
      const context = new OffscreenCanvas(width, height).getContext("2d");
      context?.drawImage(image, 0, 0);
      const pixels = context?.getImageData(0, 0, width, height).data ?? [];
      return { width, height, shades: Array.from(pixels).filter((_, index) => index % 4 === 0) };
    }, png.toString("base64"));
  } finally {
    await page.close();
  }
}

describeWithChromium("the first run", [], (browser) => {
  let built: string;
  beforeAll(async () => {
    built = await builtApp();
  });

  it("leads to the relay's address, says why one is wrong, and from a right one to the code and a phone", async () => {
    const relay = await startTestRelay();
    cleanups.push(() => relay.close());
    const api = await oddApi();
    cleanups.push(() => api.close());
    const world = await trayWorld({ built, browser: browser(), settings: { apiUrl: api.target.origin } });
    cleanups.push(() => world.close());
    const settings = await world.page("settings");
    expect(world.electron.window("pairing")).toBeUndefined();
    const address = settings.getByLabel("Relay's address");
    await address.fill("ftp://relay");
    await settings.getByRole("button", { name: "Connect" }).click();
    await settings.getByRole("alert").first().waitFor();
    expect((await world.store.list()).filter((item) => item === "setting-relay-url")).toEqual([]);

    await address.fill(`ws://127.0.0.1:${(await nobody()).port}`);
    await settings.getByRole("button", { name: "Test", exact: true }).click();
    await settings.getByText("Nothing answers at that address.").waitFor();

    await address.fill(relay.origin);
    await settings.getByRole("button", { name: "Test", exact: true }).click();
    await settings.getByText("Nothing answers at that address.").waitFor({ state: "detached" });
    await settings.getByRole("button", { name: "Connect" }).click();

    const pairing = await world.page("pairing");
    await pairing.getByRole("img", { name: /QR/ }).waitFor();
    // From here on nothing is known but what stands in the window: what to type, and where.
    const code = await pairing.locator(".typed-code [aria-hidden]").innerText();
    const where = await pairing.locator(".address").innerText();
    const { pairing: asked, session } = await phone(where, code.replace(/\s+/g, "-"));
    await pairing.getByText(asked.checkNumber, { exact: true }).waitFor();
    await until(async () => {
      const allow = pairing.getByRole("button", { name: "Allow", exact: true });
      // Allow counts only once the question could be seen.
      await allow.click({ timeout: 1_000 }).catch(() => undefined);
      return world.app.facts?.devices.length === 1;
    });
    const open = await session();
    cleanups.push(() => open.close());
    expect((await open.fetch("/x")).status).toBe(200);
    expect(world.host?.strangers).toEqual([]);
    expect(world.host?.complaints).toEqual([]);
  });

  it("shows a QR code that holds the very link that Copy link copies", async () => {
    const relay = await startTestRelay();
    cleanups.push(() => relay.close());
    const settings = { relayUrl: relay.origin, askBeforePairing: false };
    const world = await trayWorld({ built, browser: browser(), settings });
    cleanups.push(() => world.close());
    const page = await world.page("pairing");
    await page.getByRole("img", { name: /QR/ }).waitFor();
    await page.getByRole("button", { name: "Copy link" }).click();
    await until(() => world.electron.copied.length > 0);
    const link = world.electron.copied[0] ?? "";
    // Read from the picture's pixels, as a camera would see them.
    const picture = page.locator(".qr");
    const across = Number((await picture.getAttribute("viewBox"))?.split(" ")[2]);
    const shot = await shades(browser(), await picture.screenshot());
    const { size, data } = create(link, { errorCorrectionLevel: "M" }).modules;
    const quiet = (across - size) / 2;
    expect(quiet).toBe(4);
    for (let y = -quiet; y < size + quiet; y += 1) {
      for (let x = -quiet; x < size + quiet; x += 1) {
        const inside = x >= 0 && y >= 0 && x < size && y < size;
        const at = (place: number, whole: number) => Math.floor(((place + quiet + 0.5) / across) * whole);
        const shade = shot.shades[at(y, shot.height) * shot.width + at(x, shot.width)] ?? 0;
        // The corners of the quiet zone are rounded.
        if (!inside && Math.abs(x - size / 2) > size / 2 + 2 && Math.abs(y - size / 2) > size / 2 + 2)
          continue;
        expect(shade < 128, `${x} ${y}`).toBe(inside && data[y * size + x] === 1);
      }
    }
    const open = await (await phone(relay.origin, link)).session();
    cleanups.push(() => open.close());
    await until(() => world.app.facts?.devices.length === 1);
  });

  it("shows the activity of a phone as it happens, in its window", async () => {
    const relay = await startTestRelay();
    cleanups.push(() => relay.close());
    const api = await oddApi();
    cleanups.push(() => api.close());
    const world = await trayWorld({
      built,
      browser: browser(),
      settings: { relayUrl: relay.origin, apiUrl: api.target.origin, askBeforePairing: false },
    });
    cleanups.push(() => world.close());
    await until(() => world.app.facts?.link !== undefined);
    const open = await (await phone(relay.origin, world.app.facts?.link ?? "")).session();
    cleanups.push(() => open.close());
    world.electron.tray.choose("Activity");
    const page = await world.page("activity");
    await open.fetch("/some/<b>path</b>");
    await page.getByText("/some/<b>path</b>").first().waitFor();
    expect(world.host?.complaints).toEqual([]);
  });
});

describe("the test of a relay's address", () => {
  const backend = createCryptoBackend();
  const check = async (url: string, enrollKey?: string, proxy?: string) => {
    const proxyUrl = proxy === undefined ? undefined : new URL(proxy);
    const test = await checkRelay({
      url: new URL(url),
      enrollKey,
      proxy: proxyUrl,
      backend,
      clock: systemClock,
    });
    return { ...test, hops: test.hops.map(({ hop, state }) => `${hop} ${state}`).join(", ") };
  };
  const ws = (origin: string) => origin.replace("http", "ws");

  it("goes through every hop of a relay that takes this PC, and disturbs nobody", async () => {
    const relay = await startTestRelay();
    cleanups.push(() => relay.close());
    expect(await check(ws(relay.origin))).toMatchObject({
      hops: "name ok, tcp ok, tls skipped, relay ok, node ok",
      protocol: "2",
      ms: expect.any(Number),
    });
    const health = await (await fetch(`${relay.origin}/health`)).json();
    expect(health).toMatchObject({ nodes: 0 });
  });

  it("says that the relay does not take this PC when the enrolment key is wrong", async () => {
    const key = "0123456789abcdef";
    const relay = await startTestRelay({ ORA_RELAY_ENROLL_KEY: key });
    cleanups.push(() => relay.close());
    expect((await check(ws(relay.origin), key)).hops).toMatch(/node ok$/);
    for (const wrong of [undefined, "another key that is long"]) {
      const test = await check(ws(relay.origin), wrong);
      expect(test.hops).toMatch(/relay ok, node failed$/);
      expect(test.ms).toBeUndefined();
    }
  });

  it("names the first hop that fails", async () => {
    const closed = (await nobody()).port;
    const web = await httpApi((_, response) => response.writeHead(404).end());
    const odd = await rawApi((socket) => socket.end("220 hello\r\n"));
    cleanups.push(
      () => web.close(),
      () => odd.close(),
    );
    expect((await check("wss://no-such-name.invalid")).hops).toBe(
      "name failed, tcp skipped, tls skipped, relay skipped, node skipped",
    );
    expect(await check(`ws://127.0.0.1:${closed}`)).toMatchObject({
      hops: "name ok, tcp failed, tls skipped, relay skipped, node skipped",
      detail: "ECONNREFUSED",
    });
    expect((await check(`wss://127.0.0.1:${web.target.port}`)).hops).toMatch(
      /tcp ok, tls failed, relay skipped/,
    );
    expect(await check(ws(web.target.origin))).toMatchObject({
      hops: expect.stringMatching(/relay failed/),
      detail: "HTTP 404",
    });
    expect((await check(ws(odd.target.origin))).hops).toMatch(
      /tcp ok, tls skipped, relay failed, node skipped/,
    );
  });

  it("waits for a relay that says nothing no longer than its deadline, by its own clock", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    cleanups.push(() => silent.close());
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const hurried = {
      now: () => Date.now(),
      after: (ms: number, run: () => void) => systemClock.after(ms / 100, run),
    };
    const test = await checkRelay({
      url: new URL(`ws://127.0.0.1:${port}`),
      enrollKey: undefined,
      proxy: undefined,
      backend,
      clock: hurried,
    });
    expect(test.hops.find(({ hop }) => hop === "relay")?.state).toBe("failed");
  });
});
