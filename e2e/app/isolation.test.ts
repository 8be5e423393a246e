/** What must not get out of an app's origin, nor into it: shown to be so where the relay and the PC would see it. */
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { startTestApi } from "../support/api.ts";
import { deferred } from "../support/deferred.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { until } from "../support/until.ts";
import { startWiretap } from "../support/wiretap.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";
import { wavHead } from "./wav-head.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("an app's origin", [], (browser) => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
    html("/", "<title>ready</title>");
  });
  const html = (path: string, text: string) =>
    world.app.on(path, (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html>${text}`);
    });

  it("is framed by no other site, by the relay's word and by the worker's", async () => {
    html("/inner", "<title>inner</title>");
    const { context, page } = await openApp(browser(), world, afterTest);
    const frames = (target: string) => `<title>outer</title><iframe src="${target}"></iframe>`;
    const evil = await startTestApi((request, response) => {
      const target = request.url === "/boot" ? `${world.origin}/~ora/boot` : `${world.origin}/inner`;
      response.writeHead(200, { "content-type": "text/html" }).end(frames(target));
    });
    afterTest(() => evil.close());
    const refused = async (path: string) => {
      const other = await context.newPage();
      const words: string[] = [];
      other.on("console", (message) => words.push(message.text()));
      await other.goto(`http://localhost:${evil.port}${path}`);
      // A browser that divides storage by site asks the relay, and not the app's worker.
      await until("the frame was refused", () =>
        words.some((text) => text.includes("frame-ancestors 'none'") && text.includes(world.origin)),
      );
      expect(await titleOfFrame(other)).not.toBe("inner");
    };
    await refused("/inner");
    await refused("/boot");
    // What the worker answers says the same, for browsers that ask it.
    const answer = page.waitForResponse(`${world.origin}/inner`);
    await page.goto(`${world.origin}/inner`);
    expect((await answer).fromServiceWorker()).toBe(true);
    expect((await answer).headers()["content-security-policy"]).toContain("frame-ancestors 'self'");
    // The same frame in the app's own page is let in: what refused it was the site.
    html("/outer", frames("/inner"));
    await page.goto(`${world.origin}/outer`);
    await until("the app's own frame was there", async () => (await titleOfFrame(page)) === "inner");
  });

  it("sends beacons and what is kept alive through the tunnel, and the relay sees no word of them", async () => {
    const tap = await startWiretap(world.relay.port);
    afterTest(() => tap.close());
    const origin = world.origin.replace(/:\d+$/, `:${tap.port}`);
    const bootAddress = async (path?: string) =>
      (await world.bootAddress(path)).replace(world.origin, origin);
    const got: string[] = [];
    for (const path of ["/secret-beacon", "/secret-kept", "/secret-bye"]) {
      world.app.on(path, async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        got.push(`${path} ${Buffer.concat(chunks)}`);
        response.end();
      });
    }
    html("/next", "<title>next</title>");
    const { page } = await openApp(browser(), { ...world, origin, bootAddress }, afterTest);
    await page.evaluate(async () => {
      addEventListener("pagehide", () => navigator.sendBeacon("/secret-bye", "word-bye"));
      navigator.sendBeacon("/secret-beacon", "word-beacon");
      await fetch("/secret-kept", { method: "POST", body: "word-kept", keepalive: true });
    });
    await page.goto(`${origin}/next`);
    await until("everything came to the PC", () => got.length === 3);
    expect(got.sort()).toEqual([
      "/secret-beacon word-beacon",
      "/secret-bye word-bye",
      "/secret-kept word-kept",
    ]);
    // Browsers ask for that by themselves, and no worker.
    const isRelays = (path: string) => /^\/(~ora\/.*|ws\/client|favicon\.ico)$/.test(path);
    expect(askedInClear(tap.received()).filter((path) => !isRelays(path))).toEqual([]);
    expect(tap.received().includes("secret")).toBe(false);
    expect(tap.received().includes("word-")).toBe(false);
    // What comes in clear is seen here.
    await fetch(`${tap.origin}/in-clear`);
    expect(askedInClear(tap.received())).toContain("/in-clear");
  });

  it("stops a video that plays when the PC revokes the phone", async () => {
    const strict = await startAppWorld(afterTest, { name: "strict PC" });
    strict.app.on("/", (_, response) => {
      response
        .writeHead(200, { "content-type": "text/html" })
        .end("<!doctype html><title>ready</title><video muted autoplay src=/endless.wav></video>");
    });
    const ended = deferred();
    strict.app.on("/endless.wav", (_, response) => {
      response
        .writeHead(200, { "content-type": "audio/wav" })
        .write(wavHead({ rate: RATE, bytes: LONGEST_BYTES }));
      // Browsers begin when they have some.
      response.write(Buffer.alloc(BEGINNING_BYTES, 128));
      // A quarter of a second's sound, faster than it is played.
      const timer = setInterval(() => response.write(Buffer.alloc(RATE / 4, 128)), 100);
      response.on("close", () => {
        clearInterval(timer);
        ended.resolve();
      });
    });
    const { page } = await openApp(browser(), strict, afterTest);
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
    await strict.node.node.revoke(strict.phone.record.deviceId).stored;
    await page.waitForURL(`${strict.origin}/~ora/boot`);
    await ended.promise;
    expect(await page.locator("video").count()).toBe(0);
  }, 120_000);

  it("posts its own forms from a document that forbids to say where from", async () => {
    const posted: string[] = [];
    world.app.on("/act", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      posted.push(`${request.headers.origin} ${Buffer.concat(chunks)}`);
      response.writeHead(200, { "content-type": "text/html" }).end("<title>done</title>");
    });
    const form = (rel: string) =>
      `<form method=post action=/act ${rel}><input name=a value=1><button>send</button></form>`;
    html("/silent", `<meta name=Referrer content=no-referrer>${form("")}`);
    html("/never", `<meta name=referrer content=never>${form("")}`);
    html("/rel", form("rel=noreferrer"));
    const { page } = await openApp(browser(), world, afterTest);
    const ways = [
      () => page.click("button"),
      () => page.evaluate(() => document.querySelector("form")?.submit()),
      () => page.evaluate(() => document.querySelector("form")?.requestSubmit()),
    ];
    for (const path of ["/silent", "/never", "/rel"]) {
      for (const send of ways) {
        await page.goto(`${world.origin}${path}`);
        await send();
        await page.waitForURL(`${world.origin}/act`);
        expect(await page.title()).toBe("done");
      }
    }
    expect(posted).toEqual(Array(9).fill(`${world.app.origin} a=1`));
  });
});

function titleOfFrame(page: Page): Promise<string> | undefined {
  return page
    .frames()[1]
    ?.title()
    .catch(() => "");
}

/** The paths of all HTTP requests that came to the relay as such. */
function askedInClear(received: Buffer): string[] {
  return [...received.toString("latin1").matchAll(/(?:GET|POST|PUT|HEAD|OPTIONS) (\S+) HTTP\/1\.1\r\n/g)].map(
    ([, path = ""]) => path,
  );
}

/** Samples a second, of a byte. */
const RATE = 8_000;
const BEGINNING_BYTES = 4_000_000;
/** As long as a sound can say that it is. */
const LONGEST_BYTES = 0xffff_ff00;
