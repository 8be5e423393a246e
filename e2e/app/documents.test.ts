/** The app's documents through the tunnel: what a page is made of, in every form that real apps have it. */
import { createHash } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("an app's page through the tunnel", [], (browser) => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
  });
  const html = (path: string, text: string | Buffer, headers: Record<string, string> = {}) =>
    world.app.on(path, (_, response) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers }).end(text);
    });
  const file = (path: string, type: string, text: string) =>
    world.app.on(path, (_, response) => void response.writeHead(200, { "content-type": type }).end(text));
  const open = (path: string) => openApp(browser(), world, afterTest, path);

  it("runs scripts, styles, modules and dynamic imports, and shows pictures", async () => {
    file("/classic.js", "text/javascript", "window.ran = ['classic']");
    file(
      "/module.js",
      "text/javascript",
      "import { word } from './deep/word.js'; ran.push(word); ran.push((await import('/lazy.js')).word); document.title = 'done'",
    );
    file("/deep/word.js", "text/javascript", "export const word = 'module'");
    file("/lazy.js", "text/javascript", "export const word = 'lazy'");
    file("/style.css", "text/css", "body { color: rgb(1, 2, 3); background-image: url(dot.svg) }");
    file("/dot.svg", "image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"></svg>');
    html(
      "/parts",
      "<!doctype html><html><head><link rel=stylesheet href=style.css><script src=classic.js></script><script type=module src=module.js></script></head><body><img src=dot.svg></body></html>",
    );
    const { page, complaints } = await open("/parts");
    await page.waitForFunction(() => document.title === "done");
    expect(await page.evaluate(() => Reflect.get(window, "ran"))).toEqual(["classic", "module", "lazy"]);
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe("rgb(1, 2, 3)");
    expect(await page.evaluate(() => document.querySelector("img")?.naturalWidth)).toBe(7);
    expect(await page.evaluate(() => document.compatMode)).toBe("CSS1Compat");
    expect(complaints).toEqual([]);
  });

  it("finds its document as it wrote it: our tag is gone", async () => {
    html("/plain", "<!doctype html><html><head><title>x</title></head><body><p>one</p></body></html>");
    const { page } = await open("/plain");
    expect(await page.content()).toBe(
      "<!DOCTYPE html><html><head><title>x</title></head><body><p>one</p></body></html>",
    );
  });

  it.each([
    ["latin-1, said in the head of the answer", "text/html; charset=iso-8859-1", "<title>\xe9t\xe9</title>"],
    [
      "latin-1, said in the page",
      "text/html",
      '<html><head><meta charset="iso-8859-1"><title>\xe9t\xe9</title>',
    ],
    ["nothing said", "text/html", "<title>\xe9t\xe9</title>"],
  ])("keeps its encoding: %s", async (_, type, text) => {
    html("/encoded", Buffer.from(text, "latin1"), { "content-type": type });
    const { page } = await open("/encoded");
    expect(await page.title()).toBe("été");
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  it("may be UTF-16, which stays as it is", async () => {
    html("/wide", Buffer.from("\ufeff<!doctype html><title>weit</title>", "utf16le"), {
      "content-type": "text/html",
    });
    const { page } = await open("/wide");
    expect(await page.title()).toBe("weit");
  });

  it.each([
    "<p>no head",
    "text alone",
    "<!-- only a comment -->",
    "<!doctype html>",
    "<frameset></frameset>",
  ])("runs our script in a page without a head: %s", async (text) => {
    html("/headless", text);
    const { page } = await open("/headless");
    expect(await page.evaluate(() => `${navigator.serviceWorker.controller}`)).toBe("null");
  });

  it.each([
    ["nonce", "script-src 'nonce-abc'", '<script nonce="abc">document.title = "ran"</script>'],
    [
      "hash",
      `script-src 'sha256-${createHash("sha256").update('document.title = "ran"').digest("base64")}'`,
      '<script>document.title = "ran"</script>',
    ],
    ["own files", "default-src 'self'", '<script src="/title.js"></script>'],
    [
      "a nonce that it hands on",
      "script-src 'nonce-abc' 'strict-dynamic'",
      '<script nonce="abc">document.title = "ran"</script>',
    ],
  ])("has its own policy, by %s", async (_, policy, script) => {
    file("/title.js", "text/javascript", 'document.title = "ran"');
    html("/policy", `<!doctype html><head>${script}<script>document.title = "broken"</script>`, {
      "content-security-policy": policy,
    });
    const { page } = await open("/policy");
    expect(await page.title()).toBe("ran");
    expect(await page.evaluate(() => `${navigator.serviceWorker.controller}`)).toBe("null");
  });

  it("may forbid everything: nothing but our script runs, and nothing loads", async () => {
    html(
      "/none",
      "<!doctype html><title>still</title><script>document.title = 'ran'</script><img src=/dot.svg>",
      {
        "content-security-policy": "default-src 'none'",
      },
    );
    const { page } = await open("/none");
    expect(await page.title()).toBe("still");
    expect(await page.evaluate(() => `${navigator.serviceWorker.controller}`)).toBe("null");
    const image = await page.evaluate(() => document.querySelector("img")?.naturalWidth);
    expect(image).toBe(0);
  });

  it("shows frames of its own, and is shown in no other site's", async () => {
    html(
      "/inner",
      "<title>inner</title><script>parent.postMessage(document.cookie + location.pathname, '*')</script>",
    );
    html(
      "/outer",
      "<script>onmessage = (e) => { document.title = e.data }</script><iframe src=/inner></iframe>",
    );
    const { page, context } = await open("/outer");
    await page.waitForFunction(() => document.title === "/inner");
    const other = await context.newPage();
    await other.goto(`${world.relay.origin}/health`);
    await other.setContent(`<iframe src="${world.origin}/inner"></iframe>`);
    await other.waitForLoadState();
    const framed = await Promise.all(
      other
        .frames()
        .slice(1)
        .map((frame) => frame.title().catch(() => "")),
    );
    expect(framed).not.toContain("inner");
  });

  it("keeps what document.write writes, and base tags, also to its address on the PC", async () => {
    html(
      "/written",
      `<head><base href="${world.app.origin}/deep/"><script>document.write('<img src=pic.svg>')</script></head>`,
    );
    file(
      "/deep/pic.svg",
      "image/svg+xml",
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>',
    );
    const { page } = await open("/written");
    await page.waitForFunction(() => document.querySelector("img")?.complete);
    expect(await page.evaluate(() => document.querySelector("img")?.naturalWidth)).toBe(9);
  });

  it("may write itself anew: its links still lead here", async () => {
    html("/goal", "<title>goal</title>");
    html(
      "/anew",
      `<script>addEventListener("load", () => { document.open(); document.write("<a href='${world.app.origin}/goal'>go</a>"); document.close(); })</script>`,
    );
    const { page } = await open("/anew");
    await page.click("a");
    await page.waitForURL(`${world.origin}/goal`);
  });

  it("comes as it is sent, also one that never ends", async () => {
    world.app.on("/endless", (_, response) => {
      response
        .writeHead(200, { "content-type": "text/html" })
        .write("<!doctype html><body><p id=first>first</p>");
    });
    const { page } = await open("/blank");
    await page.goto(`${world.origin}/endless`, { waitUntil: "commit" });
    await page.waitForSelector("#first");
  });

  it("is there again after a reload at any of its addresses", async () => {
    for (const path of ["/spa/list", "/spa/item/7"]) {
      html(path, "<title>spa</title><script>document.title = 'spa ' + location.pathname</script>");
    }
    const { page } = await open("/spa/list");
    await page.evaluate(() => history.pushState(null, "", "/spa/item/7"));
    await page.reload();
    expect(await page.title()).toBe("spa /spa/item/7");
  });
});
