/** What a new user does, from the windows alone: enters the relay, tests it, sees the code, and lets a phone in. */
import { once } from "node:events";
import { createServer } from "node:net";
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
    const { pairing: asked, session } = await phone(relay.origin, world.app.facts?.link ?? "");
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
