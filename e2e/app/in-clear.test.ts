/**
 * Everything by which a page can ask for something, and whatever stands in it or is done to it: what is for the PC goes
 * through the tunnel or nowhere. A tap in front of the relay would see a path or a word that came there in clear.
 */
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../support/api.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { until } from "../support/until.ts";
import { startWiretap, type Wiretap } from "../support/wiretap.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("what a page of the app asks for", [], (browser) => {
  let world: AppWorld;
  let tap: Wiretap;
  let evil: TestApi;
  let page: Page;
  /** Paths that the PC's app was asked for, and that of the other site. */
  let asked: string[] = [];
  let strayed: string[] = [];

  beforeAll(async () => {
    const inner = await startAppWorld(atTheEnd);
    tap = await startWiretap(inner.relay.port);
    atTheEnd(() => tap.close());
    const origin = inner.origin.replace(/:\d+$/, `:${tap.port}`);
    world = {
      ...inner,
      origin,
      bootAddress: async (path) => (await inner.bootAddress(path)).replace(inner.origin, origin),
    };
    html("/", "<title>ready</title>");
    world.app.on("/secret.svg", (request, response) => {
      asked.push(`${request.method} /secret.svg`);
      response.setHeader("content-type", "image/svg+xml");
      response.end('<svg xmlns="http://www.w3.org/2000/svg"><title>drawn</title></svg>');
    });
    world.app.on("/secret", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      asked.push(`${request.method} ${Buffer.concat(chunks)}`.trim());
      response.end("told");
    });
    evil = await startTestApi((request, response) => {
      strayed.push(`${request.method} ${request.url}`);
      response.writeHead(404, { "access-control-allow-origin": "*" }).end();
    });
    atTheEnd(() => evil.close());
  });
  beforeEach(async () => {
    ({ page } = await openApp(browser(), world, afterTest));
    asked = [];
    strayed = [];
  });
  const html = (path: string, text: string, headers: Record<string, string | string[]> = {}) =>
    world.app.on(path, (_, response) => {
      response.writeHead(200, { "content-type": "text/html", ...headers }).end(`<!doctype html>${text}`);
    });

  /** Of what is the PC's; the page's own boot page, worker and socket are the relay's. */
  const inClear = () => (tap.received().includes("secret") ? "in clear" : "nothing in clear");
  /** Everything that was on its way has arrived where it goes. */
  const settle = async () => {
    const status = await page.evaluate(
      async (origin) => (await fetch(`${origin}/?settled`)).status,
      world.origin,
    );
    expect(status).toBe(200);
    await fetch(`${tap.origin}/settled`);
  };

  it("goes through the tunnel from workers and modules made of text, from frames of the page's own and from written ones", async () => {
    const told = await page.evaluate(async (origin) => {
      const says = `fetch("${origin}/secret").then((a) => a.text(), (e) => e.name)`;
      const blob = (text: string, type: string) => URL.createObjectURL(new Blob([text], { type }));
      const data = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
      const script = "text/javascript";
      const fromWorker = (worker: Worker) =>
        new Promise((resolve) => {
          worker.onmessage = ({ data: said }) => resolve(said);
          worker.onerror = () => resolve("error");
        });
      const fromShared = ({ port }: SharedWorker) =>
        new Promise((resolve) => {
          port.onmessage = ({ data: said }) => resolve(said);
        });
      const module = `export default await ${says}`;
      const imported = (address: string) =>
        new Function("address", "return import(address)")(address).then(
          ({ default: said }: { default: string }) => said,
        );
      const post = `${says}.then(postMessage)`;
      const connect = `onconnect = ({ ports }) => ${says}.then((t) => ports[0].postMessage(t))`;
      const inFrame = (srcdoc: string) =>
        new Promise((resolve) => {
          addEventListener("message", ({ data: said }) => resolve(said), { once: true });
          const frame = document.createElement("iframe");
          frame.srcdoc = srcdoc;
          document.body.append(frame);
        });
      const tells = `<script>${says}.then((t) => top.postMessage(t, "*"))</script>`;
      const nested = `<iframe srcdoc="${tells.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"></iframe>`;
      return {
        blobModule: await imported(blob(module, script)),
        dataModule: await imported(data(module)),
        moduleWorker: await fromWorker(new Worker(blob(post, script), { type: "module" })),
        importingWorker: await fromWorker(
          new Worker(blob(`import(${JSON.stringify(blob(post, script))})`, script)),
        ),
        shared: await fromShared(new SharedWorker(blob(connect, script))),
        sharedModule: await fromShared(new SharedWorker(blob(connect, script), { type: "module" })),
        frame: await inFrame(tells),
        nested: await inFrame(nested),
      };
    }, world.origin);
    expect(new Set(Object.values(told))).toEqual(new Set(["told"]));
    await settle();
    expect(inClear()).toBe("nothing in clear");
  });

  it("stays the tunnel's under a base tag of another site: cookies, beacons, downloads and all", async () => {
    html("/based", `<base href="http://evil.localhost:${evil.port}/trap/"><title>based</title>`);
    await page.goto(`${world.origin}/based`);
    await page.evaluate(async (origin) => {
      Reflect.set(document, "cookie", "word=secret");
      navigator.sendBeacon(`${origin}/secret`, "by beacon");
      await fetch(`${origin}/secret`, { method: "POST", body: "by fetch" });
      await new Promise((resolve) => {
        const socket = new WebSocket(`${origin.replace("http", "ws")}/secret`);
        socket.onclose = resolve;
      });
      const link = document.createElement("a");
      Object.assign(link, { href: `${origin}/secret`, download: "saved" }).click();
    }, world.origin);
    await until("all of it came to the PC", () => asked.length === 4);
    await settle();
    // The download, and the socket, which this app knows nothing of.
    expect(asked.sort()).toEqual(["GET", "GET", "POST by beacon", "POST by fetch"]);
    expect(strayed).toEqual([]);
    // What the page itself asks the other site for is not changed.
    expect(await page.evaluate(async () => (await fetch("here", { method: "POST", body: "x" })).status)).toBe(
      404,
    );
    expect(strayed).toEqual(["POST /trap/here"]);
    expect(inClear()).toBe("nothing in clear");
  });

  it("is not told to the relay by the ping of a link", async () => {
    html("/pings", "<a href=/ ping='/secret /secret?again'>on</a>");
    await page.goto(`${world.origin}/pings`);
    await page.click("a");
    await page.waitForURL(`${world.origin}/`);
    await until("the pings came to the PC", () => asked.length === 2);
    expect(asked).toEqual(["POST PING", "POST PING"]);
    await settle();
    expect(inClear()).toBe("nothing in clear");
  });

  it("is shown by objects and embedded things as well, which browsers ask no worker for", async () => {
    html("/holds", "<object data=/secret.svg></object><embed src=/secret.svg>");
    await page.goto(`${world.origin}/holds`);
    await until("both were there", () => asked.filter((each) => each === "GET /secret.svg").length === 2);
    await page.evaluate(() => {
      const later = document.createElement("embed");
      later.src = "/secret.svg?later";
      document.body.append(later);
    });
    await until("the third was there", () => asked.length === 3);
    await settle();
    expect(inClear()).toBe("nothing in clear");
  });

  it("is what the tap would see", async () => {
    await fetch(`${tap.origin}/secret-of-the-test`);
    expect(inClear()).toBe("in clear");
  });
});
