/** Who one is to an app through the tunnel: cookies, forms, HTTP's own passwords, and what other sites may not do. */
import type { IncomingMessage } from "node:http";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { startTestApi } from "../support/api.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describeWithChromium("signing in to an app through the tunnel", [], (browser) => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
  });
  const html = (path: string, text: string, headers: Record<string, string | string[]> = {}) =>
    world.app.on(path, (_, response) => {
      response.writeHead(200, { "content-type": "text/html", ...headers }).end(text);
    });
  const open = (path = "/") => openApp(browser(), world, afterTest, path);
  beforeEach(() => {
    html("/", "<!doctype html><title>ready</title>");
    world.app.on("/cookies", (request, response) => response.end(request.headers.cookie ?? ""));
    world.app.on("/deep/cookies", (request, response) => response.end(request.headers.cookie ?? ""));
  });

  it("stays signed in over reloads and new tabs, by cookies that the browser never has", async () => {
    html("/login", "<form method=post action=/session><input name=user value=ada><button>in</button></form>");
    world.app.on("/session", async (request, response) => {
      response
        .writeHead(303, {
          location: "/inside",
          "set-cookie": [
            `sid=${await textOf(request)}; HttpOnly; SameSite=Strict; Path=/`,
            "theme=dark; Path=/",
            "deep=1; Path=/deep",
          ],
        })
        .end();
    });
    world.app.on("/inside", (request, response) => {
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(`<title>${request.headers.cookie}</title>`);
    });
    const { page, context } = await open("/login");
    await page.click("button");
    await page.waitForURL(`${world.origin}/inside`);
    expect(await page.title()).toBe("sid=user=ada; theme=dark");
    expect(await page.evaluate(() => document.cookie)).toBe("theme=dark");
    await page.reload();
    expect(await page.title()).toBe("sid=user=ada; theme=dark");
    const other = await context.newPage();
    await other.goto(`${world.origin}/inside`);
    expect(await other.title()).toBe("sid=user=ada; theme=dark");
    expect(await other.evaluate(async () => (await fetch("/deep/cookies")).text())).toBe(
      "deep=1; sid=user=ada; theme=dark",
    );
    expect(await context.cookies()).toEqual([]);
  });

  it("shows a script its new cookies before the answer that set them", async () => {
    let count = 0;
    world.app.on("/set", (_, response) => {
      count += 1;
      response.writeHead(200, { "set-cookie": `count=${count}` }).end();
    });
    const { page } = await open();
    const seen = await page.evaluate(async () => {
      const texts: string[] = [];
      for (let asked = 0; asked < 20; asked += 1) {
        await fetch("/set");
        texts.push(document.cookie);
      }
      return texts;
    });
    expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => `count=${at + 1}`));
  });

  it("carries out a request after what the script wrote before it", async () => {
    const { page } = await open();
    const seen = await page.evaluate(async () => {
      const texts: string[] = [];
      for (let asked = 0; asked < 50; asked += 1) {
        // biome-ignore lint/suspicious/noDocumentCookie: that is what is tested.
        document.cookie = `written=${asked}`;
        texts.push(await (await fetch("/cookies")).text());
      }
      const xhr = new XMLHttpRequest();
      xhr.open("GET", "/cookies");
      // biome-ignore lint/suspicious/noDocumentCookie: that is what is tested.
      document.cookie = "written=xhr";
      await new Promise((resolve) => {
        xhr.onload = resolve;
        xhr.send();
      });
      return [...texts, xhr.responseText];
    });
    expect(seen).toEqual([...Array.from({ length: 50 }, (_, at) => `written=${at}`), "written=xhr"]);
  });

  it("tells other tabs of new cookies", async () => {
    const { page, context } = await open();
    const other = await context.newPage();
    await other.goto(`${world.origin}/`);
    await page.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: that is what is tested.
      document.cookie = "shared=yes";
    });
    await other.waitForFunction(() => document.cookie === "shared=yes");
  });

  it("asks for HTTP's own password with a page, until it is right", async () => {
    world.app.on("/secret", (request, response) => {
      const isRight =
        request.headers.authorization === `Basic ${Buffer.from("ada:pässword").toString("base64")}`;
      if (isRight) response.writeHead(200, { "content-type": "text/html" }).end("<title>secret</title>");
      else response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    });
    const { page } = await open("/secret");
    await page.fill("[name=name]", "ada");
    await page.fill("[name=password]", "wrong");
    await page.click("button");
    await page.waitForSelector("[role=alert]");
    await page.fill("[name=name]", "ada");
    await page.fill("[name=password]", "pässword");
    await page.click("button");
    await page.waitForFunction(() => document.title === "secret");
    expect(new URL(page.url()).pathname).toBe("/secret");
    await page.reload();
    expect(await page.title()).toBe("secret");
  });

  it("refuses another site's form, and lets its links in without the strict cookies", async () => {
    let posts = 0;
    world.app.on("/act", (request, response) => {
      if (request.method === "POST") posts += 1;
      response.writeHead(200, { "content-type": "text/html" });
      response.end(`<title>${request.headers.cookie ?? "none"}</title>`);
    });
    html("/", "<title>ready</title>", { "set-cookie": ["strict=1; SameSite=Strict", "lax=1; SameSite=Lax"] });
    const evil = await startTestApi((request, response) => {
      const referrer = request.url === "/silent" ? "no-referrer" : "unsafe-url";
      response.writeHead(200, { "content-type": "text/html", "referrer-policy": referrer });
      response.end(
        `<form method=post action="${world.origin}/act"><button>win</button></form><a href="${world.origin}/act">link</a>`,
      );
    });
    afterTest(() => evil.close());
    const { page, context } = await open();
    const other = await context.newPage();
    for (const path of ["/", "/silent"]) {
      await other.goto(`http://localhost:${evil.port}${path}`);
      await other.click("button");
      await other.waitForURL(`${world.origin}/act`);
      expect(await other.locator("h1").textContent()).toContain("Another site");
    }
    expect(posts).toBe(0);
    await other.goto(`http://localhost:${evil.port}/`);
    await other.click("a");
    await other.waitForURL(`${world.origin}/act`);
    expect(await other.title()).toBe("lax=1");
    // The app's own form, also where it asks for no referrer.
    html("/own", "<form method=post action=/act><button>own</button></form>", {
      "referrer-policy": "no-referrer",
    });
    await page.goto(`${world.origin}/own`);
    await page.click("button");
    await page.waitForURL(`${world.origin}/act`);
    expect(await page.title()).toBe("strict=1; lax=1");
    expect(posts).toBe(1);
  });

  it("takes no cookie and no password from another site's form either", async () => {
    const evil = await startTestApi((request, response) => {
      const to = (request.url ?? "").slice(1);
      response.writeHead(200, { "content-type": "text/html", "referrer-policy": "unsafe-url" });
      response.end(
        `<form method=post enctype=text/plain action="${world.origin}/~ora/call/${to}"><input name='{"path":"/","text":"evil=1;' value='"}'><button>win</button></form>`,
      );
    });
    afterTest(() => evil.close());
    const { page, context } = await open();
    const other = await context.newPage();
    for (const call of ["cookie", "login"]) {
      await other.goto(`http://localhost:${evil.port}/${call}`);
      const [answer] = await Promise.all([
        other.waitForResponse((response) => response.url().startsWith(world.origin)),
        other.click("button"),
      ]);
      expect(answer.status()).toBe(403);
    }
    expect(await page.evaluate(async () => (await fetch("/cookies")).text())).toBe("");
  });

  it("follows links and forms to the app's address on its PC", async () => {
    world.app.on("/there", (request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end(`<title>there ${request.method}</title>`);
    });
    html(
      "/",
      `<a href="${world.app.origin}/there">link</a><form method=post action="${world.app.origin}/there"><button>go</button></form>`,
    );
    const { page } = await open();
    await page.click("a");
    await page.waitForURL(`${world.origin}/there`);
    await page.goBack();
    await page.click("button");
    await page.waitForFunction(() => document.title === "there POST");
    expect(page.url()).toBe(`${world.origin}/there`);
  });
});
