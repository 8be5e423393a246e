/** What browsers, apps and people do to the worker and its connection: it is there again, or says what happened. */
import type { CDPSession, Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { deferred } from "../support/deferred.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { until } from "../support/until.ts";
import { serveWebSockets } from "../support/web-sockets.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("an app through the tunnel survives", [], (browser) => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
    world.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
    world.app.on("/word", (_, response) => response.end("word"));
    serveWebSockets(world.app, (socket) => socket.on("message", (data) => socket.send(String(data))));
  });
  const open = (path = "/") => openApp(browser(), world, afterTest, path);

  /** As the browser does it when the worker was idle for long: at once, whatever is under way. */
  async function stopWorker(page: Page): Promise<void> {
    const session: CDPSession = await page.context().newCDPSession(page);
    const stopped = deferred();
    session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
      if (versions.some(({ runningStatus }) => runningStatus === "stopped")) stopped.resolve();
    });
    await session.send("ServiceWorker.enable");
    await session.send("ServiceWorker.stopAllWorkers");
    await stopped.promise;
    await session.detach();
  }

  const fetched = (page: Page, path = "/word") =>
    page.evaluate(
      (address) =>
        fetch(address)
          .then((answer) => answer.text())
          .catch((error) => error.name),
      path,
    );

  it("the worker's end between two requests", async () => {
    const { page } = await open();
    for (let count = 0; count < 3; count += 1) {
      await stopWorker(page);
      expect(await fetched(page)).toBe("word");
    }
  });

  it("its end in the middle of an answer: an error, and no short success", async () => {
    world.app.on("/half", (_, response) => void response.writeHead(200).write("half"));
    const { page } = await open();
    await page.evaluate(async () => {
      const answer = await fetch("/half");
      Object.assign(window, { text: answer.text().catch((error) => error.name) });
    });
    await stopWorker(page);
    expect(await page.evaluate(() => Reflect.get(window, "text"))).toBe("TypeError");
    expect(await fetched(page)).toBe("word");
  });

  it("its end before there was an answer: what may be asked twice is", async () => {
    let asked = 0;
    const first = deferred();
    world.app.on("/late", (_, response) => {
      asked += 1;
      if (asked === 1) first.resolve();
      else response.end("late");
    });
    const { page } = await open();
    const answer = fetched(page, "/late");
    await first.promise;
    await stopWorker(page);
    expect(await answer).toBe("late");
  });

  it("its end in the middle of events, which go on after the last one seen", async () => {
    const ids: unknown[] = [];
    world.app.on("/events", (request, response) => {
      ids.push(request.headers["last-event-id"]);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`retry: 10\nid: ${ids.length}\ndata: ${ids.length}\n\n`);
    });
    const { page } = await open();
    await page.evaluate(() => {
      const source = new EventSource("/events");
      source.onmessage = ({ data }) => {
        document.title = `event ${data}`;
      };
    });
    await page.waitForFunction(() => document.title === "event 1");
    await stopWorker(page);
    await page.waitForFunction(() => document.title === "event 2");
    expect(ids).toEqual([undefined, "1"]);
  });

  it("its end under a WebSocket, which closes with 1006 and can be opened again", async () => {
    const { page } = await open();
    const talk = () =>
      page.evaluate(async () => {
        const socket = new WebSocket("/talk");
        Object.assign(window, {
          socketEnd: new Promise((resolve) => socket.addEventListener("close", ({ code }) => resolve(code))),
        });
        await new Promise((resolve) => socket.addEventListener("open", resolve));
        socket.send("hello");
        return new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(data)));
      });
    expect(await talk()).toBe("hello");
    await stopWorker(page);
    // A page that is looked at again asks; without that it asks every few seconds.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    expect(await page.evaluate(() => Reflect.get(window, "socketEnd"))).toBe(1006);
    expect(await talk()).toBe("hello");
  });

  it("a hard reload, which goes past the worker", async () => {
    const { page } = await open();
    const session = await page.context().newCDPSession(page);
    await session.send("Page.reload", { ignoreCache: true });
    await until("the app was there", () =>
      page
        .evaluate(() => document.title === "ready" && navigator.serviceWorker.controller === null)
        .catch(() => false),
    );
    expect(await fetched(page)).toBe("word");
  });

  it("an app that unregisters the worker, by whatever means", async () => {
    const { page } = await open();
    await page.evaluate(async () => {
      // Past our script, which shows the app no registration.
      const { getRegistrations } = ServiceWorkerContainer.prototype;
      for (const registration of await getRegistrations.call(navigator.serviceWorker)) {
        await registration.unregister();
      }
    });
    await page.goto(`${world.origin}/?again`).catch(() => undefined);
    await until("the app was there", () =>
      page.evaluate(() => document.title === "ready").catch(() => false),
    );
    expect(new URL(page.url()).search).toBe("?again");
    expect(await fetched(page)).toBe("word");
  });

  it("the local app's end: the page says so, and comes back by itself", async () => {
    const other = await startAppWorld(afterTest, { name: "other PC" });
    other.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
    const { page } = await openApp(browser(), other, afterTest);
    await other.app.close();
    await page.reload();
    expect(await page.locator("h1").textContent()).toBe("The app on other PC is not answering");
    expect(await page.evaluate(() => fetch("/x").catch((error) => error.name))).toBe("TypeError");
  });

  it("a revocation: every tab stops at once, and says so", async () => {
    const other = await startAppWorld(afterTest, { name: "strict PC" });
    other.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
    other.app.on("/video", (_, response) => void response.writeHead(200).write("begun"));
    const { page, context } = await openApp(browser(), other, afterTest);
    const second = await context.newPage();
    await second.goto(`${other.origin}/`);
    await page.evaluate(async () => void (await fetch("/video")));
    await other.node.node.revoke(other.phone.record.deviceId).stored;
    for (const tab of [page, second]) {
      await tab.waitForURL(`${other.origin}/~ora/boot`);
      await tab.waitForFunction(() =>
        document.querySelector("h1")?.textContent?.startsWith("strict PC does not let"),
      );
    }
    await page.goto(`${other.origin}/deep`);
    await page.waitForFunction(() =>
      document.querySelector("h1")?.textContent?.startsWith("strict PC does not let"),
    );
  });
});
