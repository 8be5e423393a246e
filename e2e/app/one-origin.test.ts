/** A relay that has one origin for all apps: one PC at a time, and nothing of the one before is left for the next. */
import { beforeAll, expect, it } from "vitest";
import { KEEPS_PAGES } from "../support/browser.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { builtWebFiles } from "../support/web-files.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("one origin for all apps", [KEEPS_PAGES], (browser) => {
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

  it("takes no answer to that question before it could be seen", async () => {
    const { page } = await firstApp();
    const address = await second.bootAddress();
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 1_000);
    await page.goto(address);
    const yes = page.locator("button:not(.second)");
    await yes.and(page.locator("[aria-disabled=true]")).waitFor();
    const box = await yes.boundingBox();
    await page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
    await page.mouse.dblclick((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
    expect(await yes.getAttribute("aria-disabled")).toBe("true");
    await page.clock.resume();
    await yes.click();
    await page.waitForURL(`${origin}/`);
    expect(await page.title()).toMatch(/^second, /);
  });

  /** The first PC's app in a tab, as its own script would have it. */
  async function firstApp() {
    const context = await browser().newContext();
    afterTest(() => context.close());
    const page = await context.newPage();
    await page.goto(await first.bootAddress());
    await page.waitForURL(`${origin}/`);
    return { context, page };
  }

  it("leaves no page of the app before running, nor a worker that its pages share", async () => {
    first.app.on("/shared.js", (_, response) => {
      response.writeHead(200, { "content-type": "text/javascript" }).end("onconnect = () => {}");
    });
    const { context, page } = await firstApp();
    await page.evaluate(() => {
      Reflect.set(window, "shared", new SharedWorker("/shared.js"));
      addEventListener("pagehide", () => localStorage.setItem("late", "of the first"));
    });
    const taking = await context.newPage();
    await taking.goto(await second.bootAddress());
    await taking.locator("button:not(.second)").click();
    await taking.waitForURL(`${origin}/`);
    expect(await taking.title()).toBe("second, no cookie");
    expect(await taking.evaluate(() => localStorage.getItem("late"))).toBeNull();
    expect(await page.evaluate(() => "shared" in window)).toBe(false);
  });

  it("clears an app that hid its pairing, too", async () => {
    const { context, page } = await firstApp();
    await page.evaluate(async () => {
      const opening = indexedDB.open("~ora");
      await new Promise((resolve) => {
        opening.onsuccess = resolve;
      });
      const deleting = opening.result.transaction("items", "readwrite").objectStore("items").clear();
      await new Promise((resolve) => {
        deleting.onsuccess = resolve;
      });
      opening.result.close();
      localStorage.setItem("trap", "of the first");
      Reflect.set(window, "isRunning", true);
    });
    const taking = await context.newPage();
    await taking.goto(await second.bootAddress());
    await taking.waitForURL(`${origin}/`);
    expect(await taking.title()).toBe("second, no cookie");
    expect(await taking.evaluate(() => localStorage.getItem("trap"))).toBeNull();
    expect(await page.evaluate(() => "isRunning" in window)).toBe(false);
  });

  it("gives the next PC neither the name and password nor the cookies of the one before", async () => {
    first.app.on("/asks", (request, response) => {
      const isKnown = request.headers.authorization !== undefined;
      const headers = { "content-type": "text/html", "set-cookie": "readable=of the first" };
      response.writeHead(isKnown ? 200 : 401, { ...headers, "www-authenticate": "Basic realm=x" });
      response.end("<title>in</title>");
    });
    let authorization: string | undefined = "not asked";
    second.app.on("/asks", (request, response) => {
      ({ authorization } = request.headers);
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<script>document.title = document.cookie || 'no cookie'</script>");
    });
    const { page } = await firstApp();
    await page.goto(`${origin}/asks`);
    await page.locator("input[name=name]").fill("anna");
    await page.locator("input[name=password]").fill("geheim");
    await page.locator("button").click();
    await page.waitForFunction(() => document.title === "in");
    expect(await page.evaluate(() => document.cookie)).toBe("readable=of the first");
    await page.goto(await second.bootAddress("/asks"));
    await page.locator("button:not(.second)").click();
    await page.waitForURL(`${origin}/asks`);
    expect(await page.title()).toBe("no cookie");
    expect(authorization).toBeUndefined();
  });

  it("opens no window that could outlive the app: not an empty one, nor one that it writes itself", async () => {
    const { context, page } = await firstApp();
    const tries = () =>
      page.evaluate(() => {
        const written = URL.createObjectURL(new Blob(["<title>mine</title>"], { type: "text/html" }));
        const frame = document.createElement("iframe");
        document.body.append(frame);
        const pristine = frame.contentWindow ?? window;
        const opened = [
          window.open(),
          window.open("about:blank", "named"),
          window.open(written),
          window.open("/", "_blank", "noopener"),
          pristine.open(),
          pristine.open(written),
        ];
        const link = document.createElement("a");
        Object.assign(link, { href: written, target: "_blank" });
        const native = frame.contentDocument?.createElement("a");
        if (native) Object.assign(native, { href: written, target: "_blank" });
        native?.click();
        return opened.map((each) => each === null);
      });
    expect(await tries()).toEqual([true, true, true, true, true, true]);
    // Nor from a document that it makes of its own text.
    await page.evaluate(() => {
      const text = "<body><script>document.title = String(window.open() === null)</script>";
      location.href = URL.createObjectURL(new Blob([text], { type: "text/html" }));
    });
    await page.waitForURL(/^blob:/);
    await page.waitForFunction(() => document.title !== "");
    expect(await page.title()).toBe("true");
    expect(context.pages()).toHaveLength(1);
  });

  it("follows links into a new tab in the same one", async () => {
    first.app.on("/links", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<a href=/ target=_blank>away</a>");
    });
    const { context, page } = await firstApp();
    await page.goto(`${origin}/links`);
    await page.click("a");
    await page.waitForURL(`${origin}/`);
    expect(context.pages()).toHaveLength(1);
  });

  it("does not bring back the app before, as the browser kept it for going back", async () => {
    const { page } = await firstApp();
    await page.evaluate(() => Reflect.set(window, "realm", "of the first"));
    // By the page itself, so that there is something to go back to.
    await page.evaluate(
      (address) => {
        location.href = address;
      },
      await second.bootAddress(),
    );
    await page.locator("button:not(.second)").click();
    await page.waitForFunction(() => document.title.startsWith("second"));
    await page.evaluate(() => history.back());
    await page.waitForFunction(() => performance.now() < 10_000 && document.title !== "");
    await page.waitForFunction(() => document.title.startsWith("second"));
    expect(await page.evaluate(() => Reflect.get(window, "realm"))).toBeUndefined();
  });
});
