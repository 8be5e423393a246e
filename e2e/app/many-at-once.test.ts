/** Two PCs, two phones and their tabs at the same time in one browser; a revocation in an upload; storage that vanishes. */
import type { BrowserContext, Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { bulk, bulkHash, hashOf, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { pairDevice, sessionIs } from "../support/device.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { until } from "../support/until.ts";
import { builtWebFiles } from "../support/web-files.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

const BODY_BYTES = 4 * MIB;

describeWithChromium("an app among others", [], (browser) => {
  let relay: RunningRelay;
  let desk: AppWorld;
  let attic: AppWorld;
  beforeAll(async () => {
    relay = await startTestRelay({}, undefined, await builtWebFiles());
    atTheEnd(() => relay.close());
    desk = await startAppWorld(atTheEnd, { relay, name: "desk" });
    attic = await startAppWorld(atTheEnd, { relay, name: "attic" });
    for (const world of [desk, attic]) serve(world, world === desk ? "desk" : "attic");
  });

  function serve({ app }: AppWorld, name: string): void {
    app.on("/", (request, response) => {
      response.setHeader("content-type", "text/html");
      response.setHeader("set-cookie", [`at=${name}`, "hidden=1; HttpOnly"]);
      response.end(`<!doctype html><title>${name}, ${request.headers.cookie ?? "no cookie"}</title>`);
    });
    app.on("/name", (_, response) => response.end(name));
    app.on("/bulk", (_, response) => void bulk(BODY_BYTES).pipe(response));
  }

  /** As `openApp`, with another phone of the same PC. */
  async function anotherPhone(world: AppWorld): Promise<AppWorld> {
    const phone = await pairDevice({ text: await world.node.link(), relay: relay.origin, name: "tablet" });
    const session = phone.connect();
    afterTest(() => session.close());
    await sessionIs(session, "connected");
    return {
      ...world,
      phone,
      async bootAddress(path = "/") {
        const link = await session.grant({ app: true });
        return `${world.origin}/~ora/boot${link.slice(link.indexOf("#"))}${path}`;
      },
    };
  }

  async function open(context: BrowserContext, world: AppWorld): Promise<Page> {
    const page = await context.newPage();
    await page.goto(await world.bootAddress());
    await page.waitForURL(`${world.origin}/`);
    return page;
  }

  const whole = (page: Page) =>
    page.evaluate(async () => {
      const answer = await (await fetch("/bulk")).arrayBuffer();
      const name = await (await fetch("/name")).text();
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", answer));
      return { name, hash: [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
    });

  it("has its own PC, cookies and storage, whatever else is open beside it", async () => {
    const [one, two] = [await browser().newContext(), await browser().newContext()];
    for (const context of [one, two]) afterTest(() => context.close());
    const tablet = await anotherPhone(desk);
    const deskPage = await open(one, desk);
    const atticPage = await open(one, attic);
    const secondTab = await one.newPage();
    await secondTab.goto(`${desk.origin}/`);
    expect(await secondTab.title()).toBe("desk, at=desk; hidden=1");
    const tabletPage = await open(two, tablet);
    expect(await atticPage.title()).toBe("attic, no cookie");
    expect(await tabletPage.title()).toBe("desk, no cookie");
    const pages: [Page, string][] = [
      [deskPage, "desk"],
      [secondTab, "desk"],
      [atticPage, "attic"],
      [tabletPage, "desk"],
    ];
    const seen = await Promise.all(pages.map(([page]) => whole(page)));
    expect(seen).toEqual(pages.map(([, name]) => ({ name, hash: bulkHash(BODY_BYTES) })));
    for (const [page, name] of pages) expect(await page.evaluate(() => document.cookie)).toBe(`at=${name}`);
    await deskPage.evaluate(() => localStorage.setItem("kept", "at the desk"));
    const stored = await Promise.all(
      pages.map(([page]) => page.evaluate(() => localStorage.getItem("kept"))),
    );
    expect(stored).toEqual(["at the desk", "at the desk", null, null]);
  }, 60_000);

  it("ends with its own phone alone: the other phone and the other PC go on", async () => {
    const [one, two] = [await browser().newContext(), await browser().newContext()];
    for (const context of [one, two]) afterTest(() => context.close());
    const tablet = await anotherPhone(desk);
    const deskPage = await open(one, desk);
    const atticPage = await open(one, attic);
    const tabletPage = await open(two, tablet);
    await desk.node.node.revoke(tablet.phone.record.deviceId).stored;
    await tabletPage.waitForURL(`${desk.origin}/~ora/boot`);
    for (const page of [deskPage, atticPage]) {
      expect((await whole(page)).hash).toBe(bulkHash(BODY_BYTES));
    }
  }, 60_000);

  it("is revoked in the middle of an upload: the PC sees it cut, and the page no success", async () => {
    const tablet = await anotherPhone(desk);
    const begun = deferred();
    const end = deferred<string>();
    desk.app.on("/up", (request, response) => {
      let isBegun = false;
      hashOf(request, () => {
        if (!isBegun) begun.resolve();
        isBegun = true;
      }).then(
        () => {
          end.resolve("whole");
          response.end("taken");
        },
        () => end.resolve("cut"),
      );
    });
    const { page } = await openApp(browser(), tablet, afterTest);
    await page.evaluate(() => {
      const piece = new Uint8Array(64 * 1024);
      // It never ends by itself.
      const body = new ReadableStream({ pull: (controller) => controller.enqueue(piece) });
      const init = { method: "POST", body, duplex: "half" } as RequestInit;
      const told = (what: string) => sessionStorage.setItem("upload", what);
      fetch("/up", init).then(
        (answer) => told(`answered ${answer.status}`),
        (error) => told(error.name),
      );
    });
    await begun.promise;
    await desk.node.node.revoke(tablet.phone.record.deviceId).stored;
    expect(await end.promise).toBe("cut");
    await page.waitForURL(`${desk.origin}/~ora/boot`);
    await page.waitForFunction(() =>
      document.querySelector("h1")?.textContent?.startsWith("desk does not let"),
    );
    expect(await page.evaluate(() => sessionStorage.getItem("upload"))).not.toMatch(/^answered/);
  }, 60_000);

  it("whose storage is cleared in use goes on, and asks to be let in again when its worker is gone", async () => {
    const { page, context } = await openApp(browser(), desk, afterTest);
    const tab = await context.newCDPSession(page);
    await page.evaluate(async () => {
      const worker = new Worker(URL.createObjectURL(new Blob(["postMessage('here')"])));
      await new Promise((resolve) => {
        worker.onmessage = resolve;
      });
      Object.assign(window, { worker });
    });
    expect(page.workers()).toHaveLength(1);
    // As the browser's settings do it: databases, caches and the worker's registration at once.
    await tab.send("Storage.clearDataForOrigin", { origin: desk.origin, storageTypes: "all" });
    const next = await context.newPage();
    await next.goto(`${desk.origin}/`);
    await next.waitForFunction(
      () => document.querySelector("h1")?.textContent === "This browser is not let in here",
    );
    // The open page gets an error for all that it asks: the relay, which would get it in clear now, gets none of it.
    const answered = await page.evaluate(async () => {
      const byObject = new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.onerror = () => resolve("error");
        request.onload = () => resolve(request.responseText);
        request.open("POST", "/name");
        request.send("word");
      });
      const bySocket = new Promise((resolve) => {
        new WebSocket("/talk").onclose = ({ code }) => resolve(code);
      });
      const byFetch = fetch("/name").then(
        (answer) => answer.text(),
        (error) => error.name,
      );
      return Promise.all([byFetch, byObject, bySocket, navigator.sendBeacon("/name", "word")]);
    });
    expect(answered).toEqual(["TypeError", "error", 1006, false]);
    // Its worker, which is not told, was ended.
    await until("the worker was ended", () => page.workers().length === 0);
    await page.goto(await desk.bootAddress());
    await page.waitForURL(`${desk.origin}/`);
    expect(await page.evaluate(async () => (await fetch("/name")).text())).toBe("desk");
  }, 60_000);

  it("whose database alone is deleted under it says so at the next start, and can be let in again", async () => {
    const { page, context } = await openApp(browser(), desk, afterTest);
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.deleteDatabase("~ora").onsuccess = resolve;
        }),
    );
    expect(await page.evaluate(async () => (await fetch("/name")).text())).toBe("desk");
    const tab = await context.newCDPSession(page);
    await tab.send("ServiceWorker.enable");
    await tab.send("ServiceWorker.stopAllWorkers");
    await until("the app was no more", async () => {
      await page.goto(`${desk.origin}/`);
      return (await page.locator("h1").count()) > 0;
    });
    await page.waitForFunction(
      () => document.querySelector("h1")?.textContent === "This browser is not let in here",
    );
    await page.goto(await desk.bootAddress());
    await page.waitForURL(`${desk.origin}/`);
    expect(await page.title()).toMatch(/^desk/);
  }, 60_000);
});
