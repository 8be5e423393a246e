/** An app that means harm: what it may do to itself, and that nobody else is hurt. */
import { beforeAll, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("an app that means harm", [], (browser) => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
    world.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
    world.app.on("/deep/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>deep</title>");
    });
    world.app.on("/sw.js", (_, response) => {
      response.writeHead(200, { "content-type": "text/javascript", "service-worker-allowed": "/" }).end("");
    });
  });
  const open = (path = "/") => openApp(browser(), world, afterTest, path);

  it("registers no worker of its own, and is told why", async () => {
    const { page } = await open();
    const words: string[] = [];
    page.on("console", (message) => words.push(message.text()));
    const name = await page.evaluate(() =>
      navigator.serviceWorker.register("/sw.js").catch((error) => error.name),
    );
    expect(name).toBe("SecurityError");
    expect(words.join()).toContain("service worker was not registered");
    // Past our script, the browser asks the relay, which has no such script.
    const pristine = await page.evaluate(async () => {
      const { register } = ServiceWorkerContainer.prototype;
      const tries = ["/sw.js", "/~ora/shim.js", "/~ora/call/cookie", "/~ora/none.js"].map((address) =>
        register.call(navigator.serviceWorker, address, { scope: "/" }).then(
          () => "registered",
          (error: Error) => error.name,
        ),
      );
      return Promise.all(tries);
    });
    expect(pristine).not.toContain("registered");
    expect(await page.evaluate(async () => (await fetch("/")).status)).toBe(200);
  });

  it("gains nothing by the relay's worker under another address, scope or kind", async () => {
    const { page } = await open();
    const seen = await page.evaluate(async () => {
      const { register } = ServiceWorkerContainer.prototype;
      const blob = URL.createObjectURL(new Blob([""], { type: "text/javascript" }));
      const tries: [string, RegistrationOptions][] = [
        ["/~ora/worker.js?own", { scope: "/~ora/" }],
        ["/~ora/worker.js?own", { scope: "/deep/" }],
        ["/%7Eora/worker.js", { scope: "/" }],
        ["/~ora/call/../worker.js/", { scope: "/" }],
        [blob, { scope: "/" }],
      ];
      return Promise.all(
        tries.map(([address, options]) =>
          register.call(navigator.serviceWorker, address, options).then(
            () => "registered",
            () => "refused",
          ),
        ),
      );
    });
    // The first two are our own script, which does in a part of the origin what it does in all of it.
    expect(seen).toEqual(["registered", "registered", "refused", "refused", "refused"]);
    await page.goto(await world.bootAddress("/"));
    await page.waitForURL(`${world.origin}/`);
    expect(await page.title()).toBe("ready");
    await page.goto(`${world.origin}/deep/`);
    expect(await page.evaluate(async () => (await fetch("/")).status)).toBe(200);
  });

  it("can use its key and not read it", async () => {
    const { page } = await open();
    const seen = await page.evaluate(async () => {
      const opened = indexedDB.open("~ora");
      await new Promise((resolve) => {
        opened.onsuccess = resolve;
      });
      const asked = opened.result.transaction("items").objectStore("items").get("pairing");
      await new Promise((resolve) => {
        asked.onsuccess = resolve;
      });
      const { privateKey, kind } = asked.result.key;
      const formats = ["raw", "jwk", "pkcs8"] as const;
      const exported = await Promise.all(
        formats.map((format) =>
          crypto.subtle.exportKey(format, privateKey).then(
            () => "exported",
            () => "refused",
          ),
        ),
      );
      return { kind, extractable: privateKey.extractable, exported };
    });
    expect(seen).toEqual({ kind: "kept", extractable: false, exported: ["refused", "refused", "refused"] });
  });

  it("plants cookies that nobody ever sees: not the relay, not its PC", async () => {
    const { page, context } = await open();
    let cookie: string | undefined = "not asked";
    world.app.on("/seen", (request, response) => {
      cookie = request.headers.cookie;
      response.end();
    });
    await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const pristine = frame.contentDocument ?? document;
      pristine.cookie = "planted=1; path=/";
      pristine.cookie = "planted=2; path=/; domain=localhost";
      await fetch("/seen");
    });
    expect(cookie).toBeUndefined();
    const home = await context.request.get(`${world.relay.origin.replace("127.0.0.1", "localhost")}/`);
    expect(home.status()).toBe(200);
    expect(home.headers()["set-cookie"]).toBeUndefined();
  });

  it("reaches nothing of the relay's own origin, and no other PC's", async () => {
    const { page, context } = await open();
    const other = await context.newPage();
    await other.goto(world.relay.origin.replace("127.0.0.1", "localhost"));
    await other.evaluate(() => localStorage.setItem("secret", "of home"));
    const seen = await page.evaluate(
      async (home) => {
        const read = await fetch(home).then(
          () => "read",
          (error) => error.name,
        );
        return { read, secret: localStorage.getItem("secret") };
      },
      world.relay.origin.replace("127.0.0.1", "localhost"),
    );
    expect(seen).toEqual({ read: "TypeError", secret: null });
  });

  it("cannot turn the boot page into a part of itself", async () => {
    const { page } = await open();
    const framed = await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      frame.src = "/~ora/boot";
      document.body.append(frame);
      await new Promise((resolve) => {
        frame.onload = resolve;
      });
      return frame.contentDocument?.querySelector("h1")?.textContent ?? null;
    });
    expect(framed).toBeNull();
  });

  it("has an origin that takes no link of another PC, whether it is let in there or not", async () => {
    const { page } = await open();
    await page.evaluate(() => localStorage.setItem("kept", "yes"));
    const node = `${"b".repeat(51)}a`;
    const foreign = `${world.origin}/~ora/boot#P2.${"K".repeat(16)}.${node}.${"a".repeat(26)}`;
    await page.goto(foreign);
    await page.waitForURL(`${world.origin}/`);
    expect(await page.evaluate(() => localStorage.getItem("kept"))).toBe("yes");
    const stranger = await browser().newContext();
    afterTest(() => stranger.close());
    const other = await stranger.newPage();
    await other.goto(foreign);
    await other.waitForFunction(
      () => document.querySelector("h1")?.textContent === "This browser is not let in here",
    );
    expect(other.url()).toBe(`${world.origin}/~ora/boot`);
  });

  it("can be let in again after it deleted what let it in", async () => {
    const { page } = await open();
    await page.evaluate(async () => {
      const request = indexedDB.deleteDatabase("~ora");
      await new Promise((resolve) => {
        request.onsuccess = resolve;
      });
    });
    await page.goto(await world.bootAddress());
    await page.waitForURL(`${world.origin}/`);
    expect(await page.title()).toBe("ready");
  });

  it("is not opened by a browser that was never let in", async () => {
    const context = await browser().newContext();
    afterTest(() => context.close());
    const page = await context.newPage();
    await page.goto(`${world.origin}/deep`);
    await page.waitForFunction(
      () => document.querySelector("h1")?.textContent === "This browser is not let in here",
    );
    expect(await page.locator("a").getAttribute("href")).toBe(`http://localhost:${world.relay.port}/`);
  });
});
