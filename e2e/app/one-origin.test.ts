/** A relay that has one origin for all apps: one PC at a time, and nothing of the one before is left for the next. */
import { beforeAll, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { builtWebFiles } from "../support/web-files.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("one origin for all apps", [], (browser) => {
  let relay: RunningRelay;
  let first: AppWorld;
  let second: AppWorld;
  let origin: string;
  beforeAll(async () => {
    const port = await freePort();
    origin = `http://apps.localhost:${port}`;
    const env = { ORA_RELAY_PORT: String(port), ORA_RELAY_APPS: origin };
    relay = await startTestRelay(env, undefined, await builtWebFiles());
    atTheEnd(() => relay.close());
    first = await startAppWorld(atTheEnd, { relay, origin, name: "first PC" });
    second = await startAppWorld(atTheEnd, { relay, origin, name: "second PC" });
    for (const { app } of [first, second]) {
      app.on("/", (request, response) => {
        const { cookie = "no cookie" } = request.headers;
        response.writeHead(200, { "content-type": "text/html", "set-cookie": "seen=1; HttpOnly" });
        response.end(`<title>${app === first.app ? "first" : "second"}, ${cookie}</title>`);
      });
    }
  });

  it("asks before it changes the PC, and clears what the other app stored", async () => {
    const context = await browser().newContext();
    afterTest(() => context.close());
    const page = await context.newPage();
    await page.goto(await first.bootAddress());
    await page.waitForURL(`${origin}/`);
    expect(await page.title()).toBe("first, no cookie");
    await page.reload();
    expect(await page.title()).toBe("first, seen=1");
    await page.evaluate(async () => {
      localStorage.setItem("secret", "of the first");
      await caches.open("of the first");
      await new Promise((resolve) => {
        indexedDB.open("of the first").onsuccess = ({ target }) => {
          if (target instanceof IDBOpenDBRequest) target.result.close();
          resolve(undefined);
        };
      });
    });
    const address = await second.bootAddress();
    await page.goto(address);
    await page.locator("button.second").click();
    await page.waitForURL(`${origin}/`);
    expect(await page.title()).toBe("first, seen=1");
    await page.goto(address);
    await page.locator("button:not(.second)").click();
    await page.waitForURL(`${origin}/`);
    expect(await page.title()).toBe("second, no cookie");
    const left = await page.evaluate(async () => ({
      secret: localStorage.getItem("secret"),
      caches: await caches.keys(),
      databases: (await indexedDB.databases()).map(({ name }) => name),
    }));
    expect(left).toEqual({ secret: null, caches: [], databases: ["~ora"] });
  });
});
