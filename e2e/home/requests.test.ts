/** The API client in a real browser at a phone's size: every kind of answer, and what hostile ones try. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { bulk, bulkHash, hashOf, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type OpenedPage, type RequestsStage, startRequestsStage } from "./requests-stage.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

/** A small picture. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFElEQVR4nGNk+M/AwMDAxAADCBYADhoBBNXQ3+0AAAAASUVORK5CYII=",
  "base64",
);
const HOSTILE =
  '\u202e\u2066reversed\u0000\u001b[31m<!doctype html><img src=x onerror="document.title=1"><script>document.title="evil"</script><base href="//evil.example">';

const text = (page: Page, selector: string) => page.locator(selector).first().innerText();
const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true }).click();
const heap = (page: Page) =>
  page.evaluate(
    () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
  );

describeWithChromium(
  "the API client on a phone",
  ["--enable-precise-memory-info", "--js-flags=--expose-gc"],
  (browser) => {
    let stage: RequestsStage;
    let opened: OpenedPage;
    let page: Page;
    beforeAll(async () => {
      stage = await startRequestsStage(atTheEnd);
    });
    beforeEach(async () => {
      opened = await stage.open(browser());
      ({ page } = opened);
      afterTest(() => opened.close());
      afterTest(() => expect(opened.faults).toEqual([]));
    });

    it("shows JSON as a tree that is opened by thumb and by keys, with its numbers as they were written", async () => {
      const items = Array.from({ length: 250 }, (_, id) => ({ id }));
      const body = `{"items":${JSON.stringify(items)},"big":12345678901234567890,"text":"a\\nb"}`;
      stage.api.on("/json", (_, response) => {
        response.writeHead(200, { "content-type": "application/json" }).end(body);
      });
      await opened.send("/json");
      await opened.phase("done");
      const tree = page.getByRole("tree");
      await page.getByText("12345678901234567890").waitFor();
      await tree.getByText("items:").click();
      await tree.getByText("More: 101 to 200").click();
      await tree.getByText("Earlier: 1 to 100").waitFor();
      expect(await tree.getByRole("treeitem").count()).toBeLessThan(120);
      await tree.focus();
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowLeft");
      await expect.poll(() => tree.getByRole("treeitem").count()).toBe(1);
      await page.keyboard.press("Enter");
      await page.keyboard.press("ArrowDown");
      const active = (await tree.getAttribute("aria-activedescendant")) ?? "";
      // Out of sight it has no inner text.
      expect(await page.locator(`[id="${active}"]`).textContent()).toContain("items:");
      expect(await page.locator(`[id="${active}"]`).getAttribute("aria-expanded")).toBe("true");
      expect(await text(page, ".api-status")).toContain("200 OK");
    });

    it("shows text, bytes, headers and status, and saves the body as a file", async () => {
      stage.api.on("/missing", (_, response) => {
        response.writeHead(404, { "content-type": "text/plain; charset=Shift_JIS", "x-note": "one" });
        response.end(Buffer.from([0x82, 0xa0, 0x0a, 0x41]));
      });
      await opened.send("/missing");
      await opened.phase("done");
      expect(await text(page, ".api-status")).toContain("404 Not Found");
      await tab(page, "Text");
      expect(await page.locator(".api-text").innerText()).toBe("あ\nA");
      await tab(page, "Hex");
      expect(await text(page, ".api-hex-row")).toContain("82 a0 0a 41");
      await tab(page, "Headers");
      expect(await text(page, ".api-headers")).toContain("x-note");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Save as a file" }).click(),
      ]);
      expect(download.suggestedFilename()).toBe("missing.txt");
      expect([...(await readFile(await download.path()))]).toEqual([0x82, 0xa0, 0x0a, 0x41]);
    });

    it("shows pictures, SVG only as one: it runs nothing, loads nothing, and leaves no address to open", async () => {
      const asked: string[] = [];
      stage.api.on("/png", (_, response) =>
        response.writeHead(200, { "content-type": "image/png" }).end(PNG),
      );
      stage.api.on("/loaded", (request, response) => {
        asked.push(request.url ?? "");
        response.end();
      });
      stage.api.on("/svg", (_, response) => {
        response.writeHead(200, { "content-type": "image/svg+xml" });
        response.end(
          `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="parent.document.title='evil'"><script>document.title="evil"</script><image href="${stage.api.origin}/loaded"/><rect width="9" height="9"/></svg>`,
        );
      });
      for (const [path, size] of [
        ["/png", "2 × 2"],
        ["/svg", "9 × 9"],
      ] as const) {
        await opened.send(path);
        await opened.phase("done");
        await page.getByText(size).waitFor();
        expect(await page.locator(".api-image svg, .api-image script").count()).toBe(0);
        const url = await page.locator(".api-image img").getAttribute("src");
        expect(url).toMatch(/^blob:/);
        const isThere = (address: string) =>
          new Promise<boolean>((resolve) => {
            const image = new Image();
            image.onload = () => resolve(true);
            image.onerror = () => resolve(false);
            image.src = address;
          });
        expect(await page.evaluate(isThere, url ?? "")).toBe(false);
      }
      expect(asked).toEqual([]);
      expect(await page.title()).toBe("API");
      // The picture that is no longer there was asked for by this test.
      const isOurs = (fault: string) => /Failed to load resource|ERR_FILE_NOT_FOUND/.test(fault);
      expect(opened.faults.filter((fault) => !isOurs(fault))).toEqual([]);
      (opened.faults as string[]).length = 0;
    });

    it("shows events as they come, pauses for its reader, clears, and hangs up when told to", async () => {
      const source = deferred<(text: string) => void>();
      const left = deferred();
      stage.api.on("/events", (_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
        response.on("close", () => left.resolve());
        source.resolve((event) => void response.write(event));
      });
      await opened.send("/events");
      const push = await source.promise;
      push("event: price\nid: 7\ndata: first\n\n");
      await page.locator(".api-event", { hasText: "first" }).waitFor();
      expect(await text(page, ".api-event-head")).toMatch(/price\s*7\s*\d\d:\d\d:\d\d/);
      push("data: x\n\n".repeat(30));
      await page.getByText("31 events").waitFor();
      const log = page.getByRole("log");
      const atEnd = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 30);
      await expect.poll(atEnd).toBe(true);

      // Whoever has scrolled up reads in peace.
      await log.evaluate((box) => box.scrollTo({ top: 0 }));
      const toNewest = page.getByRole("button", { name: "To the newest" });
      await toNewest.waitFor();
      push("data: y\n\n");
      await page.getByText("32 events").waitFor();
      expect(await log.evaluate((box) => box.scrollTop)).toBe(0);
      await toNewest.click();
      await expect.poll(atEnd).toBe(true);

      await page.getByRole("button", { name: "Pause" }).click();
      push("data: behind the pause\n\n");
      await page.getByText("Paused. 1 new.").waitFor();
      expect(await page.getByText("behind the pause").count()).toBe(0);
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByText("behind the pause").waitFor();
      await page.getByRole("button", { name: "Clear" }).click();
      await page.getByText("No event yet.").waitFor();
      await page.getByRole("button", { name: "Cancel" }).click();
      await left.promise;
      await opened.phase("cancelled");
    });

    it("shows text as it comes, and holds no more of an endless line than it may", async () => {
      stage.api.on("/line", (_, response) => {
        response.writeHead(200, { "content-type": "text/plain" });
        response.write("begun ");
        const rest = bulk(3 * MIB);
        rest.on("data", (chunk: Buffer) => response.write(chunk.toString("hex")));
        rest.on("end", () => response.write(" still going"));
      });
      await opened.send("/line");
      await page.getByRole("log").waitFor();
      await opened.phase("held");
      await page.getByText("there is more").waitFor();
      expect((await page.locator(".api-log .api-text").innerText()).length).toBeLessThan(60_000);
      await page.getByRole("button", { name: "Read on live" }).click();
      await page.getByText("still going").waitFor();
      await tab(page, "Text");
      await page
        .getByText(/^1 of \d/)
        .first()
        .waitFor();
      expect((await page.locator(".api-view > .api-text").innerText()).length).toBeLessThan(25_000);
      await page.getByRole("button", { name: "Cancel" }).click();
      await opened.phase("cancelled");
    });

    it("neither freezes nor holds an answer of 100 MB: it shows the first part, and saves the whole", async () => {
      const size = 100 * MIB;
      stage.api.on("/large", (_, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": String(size) });
        bulk(size).pipe(response);
      });
      const before = await heap(page);
      await page.evaluate(() => {
        const state = { longest: 0, last: performance.now() };
        const beat = () => {
          const now = performance.now();
          state.longest = Math.max(state.longest, now - state.last);
          state.last = now;
          setTimeout(beat, 10);
        };
        beat();
        Object.assign(globalThis, { beats: state });
      });
      await opened.send("/large");
      await opened.phase("held");
      await page.getByText("The first 4.2 MB of 105 MB are here.").waitFor();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Save the whole" }).click(),
      ]);
      await opened.phase("done");
      // What is garbage by then is swept when the browser finds the time.
      const held = async () => {
        await page.evaluate(() => (globalThis as unknown as { gc(): void }).gc());
        return (await heap(page)) - before;
      };
      await expect.poll(held, { timeout: 20_000 }).toBeLessThan(40 * MIB);
      expect(await hashOf(createReadStream(await download.path()))).toBe(bulkHash(size));
      expect(download.suggestedFilename()).toBe("large.json");
      // A guard against freezing, with room for a slow machine: a page that held it whole stood still for longer.
      const longest = await page.evaluate(
        () => (globalThis as unknown as { beats: { longest: number } }).beats.longest,
      );
      expect(longest).toBeLessThan(5_000);
    });

    it("takes nothing of an answer for markup, and lets nothing turn the page about", async () => {
      for (const [type, name] of [
        ["text/html", "Text"],
        ["application/json", "Text"],
        ["application/xhtml+xml", "Text"],
      ] as const) {
        const body =
          type === "application/json" ? JSON.stringify({ [HOSTILE]: HOSTILE, plain: [HOSTILE] }) : HOSTILE;
        stage.api.on("/hostile", (_, response) => {
          response
            .writeHead(200, { "content-type": type, "x-evil": '<img src=x onerror="document.title=1">' })
            .end(body);
        });
        // The PC refuses controls in a path by itself.
        await opened.send(`/hostile?${HOSTILE.replace(/\p{Cc}/gu, "")}`);
        await opened.phase("done");
        if (type === "application/json") await page.getByRole("tree").getByText("reversed").first().waitFor();
        await tab(page, name);
        await page.locator(".api-text", { hasText: "<script>" }).waitFor();
        await tab(page, "Headers");
        await page.getByText("x-evil").waitFor();
        await tab(page, "Hex");
        expect(await page.locator("main img, main script, main base, main iframe").count()).toBe(0);
        expect(await page.locator("main").innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      }
      expect(await page.title()).toBe("API");
    });

    it("stands bytes that are no text, JSON that is none, and JSON ten thousand levels deep", async () => {
      const answers = {
        "/invalid": ["text/plain", Buffer.from([0x61, 0xff, 0xfe, 0x62])],
        "/broken": ["application/json", '{"a": 1,\n "b": }'],
        "/deep": ["application/json", `${"[".repeat(10_000)}1${"]".repeat(10_000)}`],
      } as const;
      for (const [path, [type, body]] of Object.entries(answers)) {
        stage.api.on(path, (_, response) => response.writeHead(200, { "content-type": type }).end(body));
      }
      await opened.send("/invalid");
      await page.getByText("Some bytes are not utf-8").waitFor();
      expect(await text(page, ".api-text")).toBe("a\ufffd\ufffdb");
      await opened.send("/broken");
      await page.getByText("it is none from line 2, column 7, on").waitFor();
      await opened.send("/deep");
      const tree = page.getByRole("tree");
      await expect.poll(() => tree.getByRole("treeitem").count()).toBeGreaterThan(30);
      await tree.focus();
      await page.keyboard.press("End");
      const before = await tree.getByRole("treeitem").count();
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => tree.getByRole("treeitem").count()).toBe(before + 1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    });

    it("sends what was typed: a method of one's own, headers, and a form with a file", async () => {
      const seen = deferred<{ method: string; note: string; type: string; body: string }>();
      stage.api.on("/form", async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const { "x-note": note = "", "content-type": type = "" } = request.headers;
        seen.resolve({
          method: request.method ?? "",
          note: String(note),
          type,
          body: Buffer.concat(chunks).toString(),
        });
        response.writeHead(204).end();
      });
      await page.getByLabel("Method").selectOption("Other…");
      await page.getByLabel("Other method").fill("REPORT");
      await page.getByText(/^Headers · 0$/).click();
      await page.getByRole("button", { name: "Add a header" }).click();
      await page.getByLabel("Name of header 1").fill("X-Note");
      await page.getByLabel("Value of header 1").fill("hello");
      await page.getByText(/^Body · None$/).click();
      await page.getByRole("radio", { name: "Form" }).check();
      await page.getByLabel("Name of field 1").fill("picture");
      await page
        .getByLabel("A file for field 1")
        .setInputFiles({ name: "p.txt", mimeType: "text/plain", buffer: Buffer.from("in a file") });
      await page.getByLabel("Path").fill("form");
      await page.getByLabel("Path").press("Enter");
      const got = await seen.promise;
      expect(got).toMatchObject({ method: "REPORT", note: "hello" });
      expect(got.type).toMatch(/^multipart\/form-data; boundary=/);
      expect(got.body).toContain(
        'name="picture"; filename="p.txt"\r\nContent-Type: text/plain\r\n\r\nin a file\r\n',
      );
      await opened.phase("done");
      await page.getByText("The answer has no body.").waitFor();
    });

    it("does not send what cannot be sent, and leads to the place", async () => {
      await page.getByLabel("Method").selectOption("POST");
      await page.getByText(/^Body · None$/).click();
      await page.getByRole("radio", { name: "JSON" }).check();
      await page.getByLabel("Body as JSON").fill('{"a": 01}');
      await page.getByText("This is no JSON from line 1, column 8, on.").waitFor();
      await page.getByText(/^Body · JSON$/).click();
      await page.getByRole("button", { name: "Send" }).click();
      await expect
        .poll(() => page.getByLabel("Body as JSON").evaluate((area) => area === document.activeElement))
        .toBe(true);
      expect(await page.locator(".api-answer").count()).toBe(0);
      await page.getByLabel("Body as JSON").fill('{"a":1}');
      await page.getByRole("button", { name: "Format" }).click();
      expect(await page.getByLabel("Body as JSON").inputValue()).toBe('{\n  "a": 1\n}');
    });

    it("keeps saved requests for this PC across a restart, renames, deletes, and takes that back", async () => {
      await page.getByLabel("Method").selectOption("DELETE");
      await page.getByLabel("Path").fill("/items/7");
      await page.getByRole("button", { name: "Save request" }).click();
      await page.getByText("Saved · 1").click();
      await page.getByRole("button", { name: "Rename DELETE /items/7" }).click();
      await page.getByLabel("Name of the saved request").fill("Throw it out");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: /^Throw it out/ }).waitFor();
      await opened.reopen();
      await page.getByText("Saved · 1").click();
      await page.getByRole("button", { name: "Delete Throw it out" }).click();
      await page.getByText("“Throw it out” was deleted.").waitFor();
      expect(await page.getByText("Saved · 1").count()).toBe(0);
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByText("Saved · 1").click();
      await page.getByRole("button", { name: /^Throw it out/ }).click();
      expect(await page.getByLabel("Method").inputValue()).toBe("DELETE");
      expect(await page.getByLabel("Path").inputValue()).toBe("/items/7");
      await opened.reopen();
      await page.getByText("Saved · 1").waitFor();
    });

    it("copies as curl for ora-connect", async () => {
      await opened.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.getByLabel("Path").fill("/it's?a=[1]");
      await page.getByRole("button", { name: "Copy as curl" }).click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        "curl --globoff 'http://127.0.0.1:9020/it'\\''s?a=[1]'",
      );
    });

    it("keeps the last answers to be looked at again", async () => {
      for (const path of ["/one", "/two"]) {
        stage.api.on(path, (_, response) => response.end(`this is ${path}`));
        await opened.send(path);
        await page.locator(".api-text", { hasText: `this is ${path}` }).waitFor();
      }
      await page.getByRole("button", { name: /^Show the answer to GET \/one, 200/ }).click();
      await page.locator(".api-text", { hasText: "this is /one" }).waitFor();
    });

    it("says what the PC refused by itself", async () => {
      await opened.send("/a/..//../%2e%2e/x");
      await opened.phase("done");
      await page.getByText("Your PC refused this itself. Its app has not seen it.").waitFor();
    });

    it("says which hop broke when this phone is revoked in the middle", async () => {
      const begun = deferred();
      stage.api.on("/drip", (_, response) => {
        response.writeHead(200, { "content-type": "text/plain" }).write("begun");
        begun.resolve();
      });
      await opened.send("/drip");
      await begun.promise;
      await page.locator(".api-log", { hasText: "begun" }).waitFor();
      const ids = stage.node.node.devices.list().map(({ id }) => id);
      for (const id of ids) await stage.node.node.revoke(id).stored;
      await opened.phase("failed");
      await page.getByText("This device was revoked on your PC.").waitFor();
      expect(await text(page, ".chain .hop-broken")).toContain("PC");
      await page.locator(".api-text, .api-log", { hasText: "begun" }).first().waitFor();
    });

    it("says that the phone is offline in the middle, shows what came, and goes on when it is back", async () => {
      stage.api.on("/drip", (request, response) => {
        response.writeHead(200, { "content-type": "text/plain" });
        if (request.url === "/drip?whole") response.end("all of it");
        else response.write("begun");
      });
      await opened.send("/drip");
      await page.locator(".api-log", { hasText: "begun" }).waitFor();
      await opened.context.setOffline(true);
      stage.line.cut();
      await opened.phase("failed");
      await page.getByText("The answer was cut off: what came is not all.").waitFor();
      expect(await text(page, ".chain .hop-broken")).toContain("Relay");
      await opened.context.setOffline(false);
      await opened.send("/drip?whole");
      await opened.phase("done");
      await page.locator(".api-text", { hasText: "all of it" }).waitFor();
    });
  },
);
