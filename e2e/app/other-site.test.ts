/** A page of another site, and what it can make a browser do that is signed in at an app: nothing that changes anything. */
import { beforeAll, beforeEach, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("another site's page", [], (browser) => {
  let world: AppWorld;
  let evil: Routes;
  /** Method and cookie of what reached the app at `/act`. */
  let reached: string[] = [];
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
    evil = await startRoutes(atTheEnd);
    world.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html", "set-cookie": "sign=in; SameSite=Lax" });
      response.end("<!doctype html><title>ready</title>");
    });
    world.app.on("/act", (request, response) => {
      reached.push(`${request.method} ${request.headers.cookie ?? "no cookie"}`);
      response.writeHead(200, { "content-type": "text/html" }).end("<title>done</title>");
    });
    evil.on("/again", (_, response) => {
      response.writeHead(307, { location: `${world.origin}/act` }).end();
    });
  });
  beforeEach(() => {
    reached = [];
  });

  /** Its page, beside the app in the same profile. */
  async function trap(html: string, headers: Record<string, string> = {}) {
    const { page: app, context } = await openApp(browser(), world, afterTest);
    evil.on("/trap", (_, response) => {
      response.writeHead(200, { "content-type": "text/html", ...headers }).end(html);
    });
    const page = await context.newPage();
    const tried = page.context().waitForEvent("response", {
      predicate: (response) => response.url().startsWith(`${world.origin}/act`),
    });
    // A try that never gets as far as an answer is told by nobody.
    tried.catch(() => undefined);
    await page.goto(`${evil.origin.replace("127.0.0.1", "localhost")}/trap`);
    return { app, page, tried };
  }
  const form = (more = "") =>
    `<form method=post target=_top action="${world.origin}/act" ${more}><button>x</button></form><script>document.forms[0].submit()</script>`;
  const framed = (attributes: string, html: string) =>
    `<iframe ${attributes} srcdoc="${html.replaceAll('"', "&quot;")}"></iframe>`;

  it.each([
    [
      "in a frame without an origin",
      () => framed('sandbox="allow-scripts allow-forms allow-top-navigation"', form()),
    ],
    ["that hides its sender", () => `<meta name=referrer content=no-referrer>${form()}`],
    ["by a redirect that keeps the method", () => form().replace(`${world.origin}/act`, "/again")],
  ])("posts no form %s", async (_, html) => {
    const { page, tried } = await trap(html());
    expect((await tried).status()).toBe(403);
    await page.waitForFunction(() => document.querySelector("h1") !== null);
    expect(await page.locator("h1").textContent()).toContain("Another site");
    expect(reached).toEqual([]);
  });

  it("reaches the relay alone with a script's requests, and learns nothing of them", async () => {
    const { page } = await trap("<title>trap</title>");
    const seen = await page.evaluate(async (address) => {
      const modes = ["no-cors", "cors"] as const;
      const asked = modes.map((mode) =>
        fetch(address, { method: "POST", mode, credentials: "include", body: "x=1" }).then(
          ({ type }) => type,
          (error: Error) => error.name,
        ),
      );
      return Promise.all(asked);
    }, `${world.origin}/act`);
    expect(seen).toEqual(["opaque", "TypeError"]);
    expect(reached).toEqual([]);
  });

  it("shows neither the app nor the relay's pages in a frame", async () => {
    const { page } = await trap("<title>trap</title>");
    const home = world.relay.origin.replace("127.0.0.1", "localhost");
    for (const address of [`${world.origin}/act`, `${world.origin}/~ora/boot`, home]) {
      await page.evaluate((src) => {
        const frame = document.createElement("iframe");
        frame.src = src;
        document.body.replaceChildren(frame);
      }, address);
      // What a browser puts in place of a page that may not be framed.
      await expect.poll(() => page.frames().at(-1)?.url(), { timeout: 20_000 }).toMatch(/^chrome-error:/);
    }
    expect(reached.filter((each) => each.includes("sign="))).toEqual([]);
  });

  it("has no hold on the relay's own page that it opened", async () => {
    const { page } = await trap("<title>trap</title>");
    const opened = page.waitForEvent("popup");
    await page.evaluate(
      (home) => {
        Reflect.set(window, "held", window.open(home));
      },
      `${world.relay.origin.replace("127.0.0.1", "localhost")}/`,
    );
    const home = await opened;
    await home.waitForLoadState();
    expect(await home.evaluate(() => window.opener)).toBeNull();
    await page.waitForFunction(() => Reflect.get(window, "held").closed === true);
  });
});
