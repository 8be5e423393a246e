/**
 * Tricks of an app against the tunnel's own parts: headers that mean harm, changed prototypes, messages and calls
 * without sense, documents without an origin. The app may hurt itself; its other tabs, the PC and the relay are not.
 */
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { startTestApi } from "../support/api.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type AppTab, type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("an app that tries to escape", [], (browser) => {
  let world: AppWorld;
  let tab: AppTab;
  let page: Page;
  /** Method and path of what reached the PC's app where it must not, or changed something. */
  let reached: string[] = [];
  const html = (path: string, text: string, headers: Record<string, string | string[]> = {}) =>
    world.app.on(path, (_, response) => {
      response.writeHead(200, { "content-type": "text/html", ...headers }).end(`<!doctype html>${text}`);
    });

  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
    html("/", "<title>ready</title>");
    world.app.on("/word", (_, response) => response.end("word"));
    world.app.on("/act", (request, response) => {
      reached.push(`${request.method} ${request.headers["sec-fetch-site"]}`);
      response.end("acted");
    });
  });
  beforeEach(async () => {
    reached = [];
    tab = await openApp(browser(), world, afterTest);
    ({ page } = tab);
  });

  /** In another tab of the same profile, as if nothing had happened. */
  async function isUnharmed(): Promise<void> {
    const other = await tab.context.newPage();
    await other.goto(`${world.origin}/`);
    expect(await other.title()).toBe("ready");
    expect(await other.evaluate(async () => (await fetch("/word")).text())).toBe("word");
    await other.close();
  }

  it("by headers changes nothing: no cookie, no cleared storage, no wider worker, and it is shown", async () => {
    html("/headers", "<title>shown</title><script>document.title += ' and run'</script>", {
      "clear-site-data": '"*"',
      "set-cookie": ["planted=1; Path=/", `planted=2; Path=/; Domain=${new URL(world.origin).hostname}`],
      "service-worker-allowed": "/",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "content-security-policy": "script-src 'self' 'unsafe-inline'; worker-src 'none'; report-uri /act",
      "report-to": '{"group":"g","max_age":9,"endpoints":[{"url":"/act"}]}',
      nel: '{"report_to":"g","max_age":9}',
      link: "</act>; rel=preload; as=script",
      refresh: `600; url=${world.app.origin}/act`,
      "x-ora-shim-later": "ticket",
      "origin-agent-cluster": "?1",
    });
    await page.evaluate(() => localStorage.setItem("kept", "yes"));
    await page.goto(`${world.origin}/headers`);
    expect(await page.title()).toBe("shown and run");
    expect(await page.evaluate(() => localStorage.getItem("kept"))).toBe("yes");
    expect(await page.evaluate(async () => (await fetch("/headers")).text())).toContain("shown");
    expect(await tab.context.cookies()).toEqual([]);
    expect(await page.evaluate(() => document.cookie)).toContain("planted=1");
    await isUnharmed();
  });

  it("by a policy that takes its origin away shows its page, and reaches nothing with it", async () => {
    html(
      "/nobody",
      "<title>nobody</title><script>fetch('/act', { method: 'POST', mode: 'no-cors' })</script>",
      {
        "content-security-policy": "sandbox allow-scripts allow-forms",
      },
    );
    await page.goto(`${world.origin}/nobody`);
    expect(await page.title()).toBe("nobody");
    const seen = await page.evaluate(async () => ({
      origin: window.origin,
      answer: await fetch("/word").then(
        (answer) => answer.text(),
        (error) => error.name,
      ),
    }));
    expect(seen.origin).toBe("null");
    expect(["TypeError", "word"]).toContain(seen.answer);
    await isUnharmed();
  });

  it("by forms from documents without an origin changes nothing at the PC", async () => {
    const form = `<form method=post target=_top action="${world.origin}/act"><button>x</button></form>`;
    const tries = {
      data: `<iframe src="data:text/html,${encodeURIComponent(form)}"></iframe>`,
      sandboxed: `<iframe sandbox="allow-forms allow-top-navigation" srcdoc='${form}'></iframe>`,
    };
    for (const [name, text] of Object.entries(tries)) {
      html(`/${name}`, text);
      const refused = page.waitForEvent("response", (response) => response.url() === `${world.origin}/act`);
      await page.goto(`${world.origin}/${name}`);
      await page.frameLocator("iframe").locator("button").click();
      expect((await refused).status()).toBe(403);
      await page.waitForFunction(() => document.querySelector("h1") !== null);
    }
    // To a place that is none: nothing comes of it, and the page stays.
    html("/nowhere", '<form action="data:text/html,<title>away</title>"><button>x</button></form>');
    await page.goto(`${world.origin}/nowhere`);
    const said = page.waitForEvent("console", (message) =>
      message.text().includes("Not allowed to navigate"),
    );
    await page.evaluate(() => document.querySelector("button")?.click());
    await said;
    expect(new URL(page.url()).pathname).toBe("/nowhere");
    expect(reached).toEqual([]);
  });

  it("by changed prototypes hurts itself alone", async () => {
    await page.evaluate(() => {
      const broken = () => {
        throw new Error("broken");
      };
      for (const prototype of [Array.prototype, Map.prototype, Set.prototype, String.prototype]) {
        for (const name of Object.getOwnPropertyNames(prototype)) {
          const { writable, value } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
          if (writable && typeof value === "function" && name !== "constructor")
            Reflect.set(prototype, name, broken);
        }
      }
      Object.assign(Object.prototype, { "ora-shim": "revoked", version: 9, instance: "x", cookies: [] });
      MessagePort.prototype.postMessage = broken;
      ServiceWorker.prototype.postMessage = broken;
      Object.assign(window, {
        Response: broken,
        Request: broken,
        Headers: broken,
        fetch: broken,
        URL: broken,
      });
      for (const listen of ["focus", "online"]) dispatchEvent(new Event(listen));
    });
    await isUnharmed();
    await page.goto(`${world.origin}/`);
    expect(await page.evaluate(async () => (await fetch("/word")).text())).toBe("word");
  });

  it("by messages and calls without sense stops nothing", async () => {
    await page.evaluate(async () => {
      const worker = (await navigator.serviceWorker.constructor.prototype) as ServiceWorkerContainer;
      const controller: ServiceWorker | null = Reflect.get(worker, "controller", navigator.serviceWorker);
      const values = [
        undefined,
        null,
        0,
        "",
        "//evil.example/",
        "/~ora/boot",
        {},
        [],
        ["\r\nx: y"],
        -1,
        "yes",
      ];
      const words = ["ping", "cookies-seen", "socket", "wake", "paired", "none", "", null, {}];
      for (const word of words) {
        for (const value of values) {
          const { port1, port2 } = new MessageChannel();
          const message = { "ora-shim": word, path: value, protocols: value, version: value };
          controller?.postMessage(message, [port2]);
          port1.postMessage(value);
          port1.postMessage({ send: value });
          port1.postMessage({ close: { code: value, reason: value } });
        }
      }
      for (const value of values) controller?.postMessage(value);
      const calls = [
        "cookie",
        "beacon?to=//evil.example/",
        "socket",
        "socket-send",
        "login",
        "none",
        "download",
      ];
      const bodies = [
        "",
        "{",
        "null",
        "[]",
        '{"id":1}',
        '{"id":"a","url":"http://evil.example/","protocols":[]}',
      ];
      await Promise.all(
        calls.flatMap((call) =>
          bodies.map((body) => fetch(`/~ora/call/${call}`, { method: "POST", body }).catch(() => undefined)),
        ),
      );
    });
    await isUnharmed();
    expect(await page.evaluate(async () => (await fetch("/word")).text())).toBe("word");
  });

  it("by what a frame brings along unchanged gets no answer of the PC past the tunnel", async () => {
    const seen = await page.evaluate(async (origin) => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const pristine = frame.contentWindow as (Window & typeof globalThis) | null;
      if (pristine === null) return {};
      const socket = new pristine.WebSocket(`${origin.replace("http", "ws")}/word`);
      const closed = new Promise((resolve) => {
        socket.onclose = ({ code }) => resolve(code);
      });
      const direct = new pristine.XMLHttpRequest();
      direct.open("POST", `${origin}/act`, false);
      let status: unknown;
      try {
        direct.send("x");
        ({ status } = direct);
      } catch (error) {
        status = error instanceof pristine.DOMException ? error.name : String(error);
      }
      return { closed: await closed, isActed: status === 200 && direct.responseText === "acted" };
    }, world.origin);
    expect(seen).toEqual({ closed: 1006, isActed: false });
    await isUnharmed();
  });

  it("opened by another site leaves that one no hold on it, once it came by its boot page", async () => {
    const evil = await startTestApi((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<title>evil</title>");
    });
    afterTest(() => evil.close());
    const outside = await tab.context.newPage();
    await outside.goto(`http://localhost:${evil.port}/`);
    const opened = tab.context.waitForEvent("page");
    await outside.evaluate((address) => {
      Reflect.set(window, "held", window.open(address, "named"));
    }, `${world.origin}/~ora/boot#/`);
    const app = await opened;
    await app.waitForURL(`${world.origin}/`);
    expect(await app.evaluate(() => [window.opener, window.name])).toEqual([null, ""]);
    await outside.waitForFunction(() => Reflect.get(window, "held").closed === true);
  });
});
