/** The way to the PC breaks: the page says where, and everything comes back by itself. */
import { beforeAll, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { startRoutes } from "../support/routes.ts";
import { builtWebFiles } from "../support/web-files.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();
const PATIENCE = { timeout: 60_000 };

describeWithChromium("an app whose way to the PC breaks", [], (browser) => {
  let port: number;
  let relay: RunningRelay;
  let world: AppWorld;
  const startRelay = async () => {
    relay = await startTestRelay({ ORA_RELAY_PORT: String(port) }, undefined, await builtWebFiles());
  };
  beforeAll(async () => {
    port = await freePort();
    await startRelay();
    atTheEnd(() => relay.close());
    world = await startAppWorld(atTheEnd, { relay });
    world.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
    world.app.on("/word", (_, response) => response.end("word"));
  });

  it("shows its offline page without the relay, and is there again when the relay is", async () => {
    const { page } = await openApp(browser(), world, afterTest);
    await relay.close();
    await page.reload();
    expect(await page.locator("h1").textContent()).toBe("The relay cannot be reached");
    await startRelay();
    await page.waitForFunction(() => document.title === "ready", undefined, PATIENCE);
    expect(await page.evaluate(async () => (await fetch("/word")).text())).toBe("word");
  }, 120_000);

  it("goes on in an open page after the relay has restarted", async () => {
    const { page } = await openApp(browser(), world, afterTest);
    await relay.close();
    await startRelay();
    await page.waitForFunction(
      () =>
        fetch("/word")
          .then(
            (answer) => answer.text(),
            () => "",
          )
          .then((text) => text === "word"),
      undefined,
      PATIENCE,
    );
  }, 120_000);

  it("says that the PC is not online, and comes back with it", async () => {
    const other = await startAppWorld(afterTest, { name: "away PC" });
    other.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
    const { page } = await openApp(browser(), other, afterTest);
    await other.node.node.stop();
    await page.reload();
    expect(await page.locator("h1").textContent()).toMatch(/^away PC (is not online|is asleep)$/);
  }, 120_000);

  it("comes back when the local app does", async () => {
    const other = await startAppWorld(afterTest, { name: "busy PC" });
    const ready = (_: unknown, response: { end(text: string): unknown }) =>
      response.end("<title>ready</title>");
    other.app.on("/", (request, response) => {
      response.setHeader("content-type", "text/html");
      ready(request, response);
    });
    const { page } = await openApp(browser(), other, afterTest);
    await other.app.close();
    await page.reload();
    expect(await page.locator("h1").textContent()).toBe("The app on busy PC is not answering");
    const again = await startRoutes(afterTest, other.app.port);
    again.on("/", (request, response) => {
      response.setHeader("content-type", "text/html");
      ready(request, response);
    });
    await page.waitForFunction(() => document.title === "ready", undefined, PATIENCE);
  }, 120_000);
});
