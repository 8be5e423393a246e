/** The requests of an app's scripts through the tunnel: every kind that passes a browser passes here, whole. */

import { readFile } from "node:fs/promises";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { bulk, bulkHash, hashOf, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { until } from "../support/until.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";
import { wavHead } from "./wav-head.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("an app's requests through the tunnel", [], (browser) => {
  let world: AppWorld;
  let page: Page;
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
  });
  beforeEach(async () => {
    world.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
    ({ page } = await openApp(browser(), world, afterTest));
  });

  it("have every method and status", async () => {
    world.app.on("/echo", async (request, response) => {
      const body = await hashOf(request);
      response.writeHead(Number(request.headers["x-status"]), {
        "x-method": request.method ?? "",
        "x-body": body,
      });
      response.end(request.method === "HEAD" ? undefined : "text");
    });
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
      const seen = await page.evaluate(async (name) => {
        const answer = await fetch("/echo", { method: name, headers: { "x-status": "200" } });
        return [answer.headers.get("x-method"), await answer.text()];
      }, method);
      expect(seen).toEqual([method, method === "HEAD" ? "" : "text"]);
    }
    for (const status of [
      200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503, 599,
    ]) {
      const seen = await page.evaluate(async (code) => {
        const answer = await fetch("/echo", { headers: { "x-status": String(code) } });
        return [answer.status, await answer.text()];
      }, status);
      expect(seen).toEqual([status, status === 204 || status === 304 ? "" : "text"]);
    }
  });

  it("go to the app's own origin, and say so in its words", async () => {
    const heads: Record<string, string | string[] | undefined>[] = [];
    world.app.on("/heads", (request, response) => {
      heads.push(request.headers);
      response.end();
    });
    await page.evaluate(() => fetch("/heads", { method: "POST", body: "x" }));
    await page.evaluate((origin) => fetch(`${origin}/heads`), world.app.origin);
    expect(heads[0]).toMatchObject({
      host: world.app.origin.replace("http://", ""),
      origin: world.app.origin,
      referer: `${world.app.origin}/`,
      "content-length": "1",
      "sec-fetch-site": "same-origin",
      "accept-encoding": "gzip, deflate",
    });
    expect(heads[0]?.["user-agent"]).toContain("Chrome");
    expect(Object.keys(heads[0] ?? {}).filter((name) => name.startsWith("x-ora-shim"))).toEqual([]);
    expect(heads).toHaveLength(2);
  });

  it("follow redirects, also absolute ones, or do not", async () => {
    const to = (path: string, status: number, location: string) =>
      world.app.on(path, (_, response) => void response.writeHead(status, { location }).end());
    to("/one", 302, "/two");
    to("/two", 307, `${world.app.origin.replace("127.0.0.1", "localhost")}/three`);
    to("/loop", 302, "/loop");
    world.app.on("/three", async (request, response) =>
      response.end(`${request.method} ${await hashOf(request)}`),
    );
    const followed = await page.evaluate(async () => {
      const answer = await fetch("/one");
      return [answer.redirected, new URL(answer.url).pathname, answer.status];
    });
    expect(followed).toEqual([true, "/three", 200]);
    const posted = await page.evaluate(async () =>
      (await fetch("/two", { method: "POST", body: "kept" })).text(),
    );
    expect(posted).toBe(`POST ${await hashOf([Buffer.from("kept")])}`);
    expect(await page.evaluate(async () => (await fetch("/one", { redirect: "manual" })).type)).toBe(
      "opaqueredirect",
    );
    expect(await page.evaluate(() => fetch("/loop").catch((error) => error.name))).toBe("TypeError");
    expect(await page.evaluate(() => fetch("/one", { redirect: "error" }).catch((error) => error.name))).toBe(
      "TypeError",
    );
  });

  it("get answers as they come, and give up", async () => {
    const next = deferred<(text: string) => void>();
    const left = deferred();
    world.app.on("/slow", (_, response) => {
      response.writeHead(200).write("one");
      response.on("close", () => left.resolve());
      next.resolve((text) => void response.write(text));
    });
    await page.evaluate(async () => {
      const abort = new AbortController();
      const { body } = await fetch("/slow", { signal: abort.signal });
      Object.assign(window, { abort, reader: body?.pipeThrough(new TextDecoderStream()).getReader() });
    });
    const read = () => page.evaluate(async () => (await Reflect.get(window, "reader").read()).value);
    expect(await read()).toBe("one");
    (await next.promise)("two");
    expect(await read()).toBe("two");
    await page.evaluate(() => Reflect.get(window, "abort").abort());
    await left.promise;
  });

  it("of a body that nobody reads stop the PC, not the browser's memory", async () => {
    let sent = 0;
    world.app.on("/unread", async (_, response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(MIB);
      const closed = new Promise((resolve) => response.once("close", resolve));
      for (; sent < 500 && !response.destroyed; sent += 1) {
        if (response.write(piece)) continue;
        await Promise.race([new Promise((resolve) => response.once("drain", resolve)), closed]);
      }
      response.end();
    });
    world.app.on("/quick", (_, response) => response.end("quick"));
    await page.evaluate(async () => Object.assign(window, { kept: await fetch("/unread") }));
    for (let count = 0; count < 20; count += 1) {
      expect(await page.evaluate(async () => (await fetch("/quick")).text())).toBe("quick");
    }
    expect(sent).toBeLessThan(100);
    await page.evaluate(() => Reflect.get(window, "kept").body.cancel());
  });

  it("save 50 MB to the disk, whole", async () => {
    world.app.on("/file", (_, response) => {
      response.writeHead(200, {
        "content-type": "application/octet-stream",
        "content-disposition": 'attachment; filename="bulk.bin"',
        "content-length": 50 * MIB,
      });
      bulk(50 * MIB).pipe(response);
    });
    await page.setContent("<a href=/file>file</a>");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("a")]);
    expect(download.suggestedFilename()).toBe("bulk.bin");
    const hash = await hashOf([await readFile(await download.path())]);
    expect(hash).toBe(bulkHash(50 * MIB));
  }, 120_000);

  it("save what a link names as a download", async () => {
    world.app.on("/named", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<p>saved");
    });
    world.app.on("/links", (_, response) => {
      response.writeHead(200, {
        "content-type": "text/html",
        "content-security-policy": "default-src 'none'",
      });
      response.end("<!doctype html><a href=/named download=saved.html>file</a>");
    });
    await page.goto(`${world.origin}/links`);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("a")]);
    expect(download.suggestedFilename()).toBe("saved.html");
    expect(await readFile(await download.path(), "utf8")).toBe("<p>saved");
    // As scripts do it: with a link that is in no document, to the app's address on its PC.
    const [again] = await Promise.all([
      page.waitForEvent("download"),
      page.evaluate((origin) => {
        const link = document.createElement("a");
        Object.assign(link, { href: `${origin}/named`, download: "" }).click();
      }, world.app.origin),
    ]);
    expect(again.suggestedFilename()).toBe("named");
    expect(await readFile(await again.path(), "utf8")).toBe("<p>saved");
  });

  it("send 20 MB by fetch, XMLHttpRequest, form data and stream, whole", async () => {
    const got: { hash: string; length: string | undefined; type: string | undefined }[] = [];
    world.app.on("/up", async (request, response) => {
      const { "content-length": length, "content-type": type } = request.headers;
      got.push({ hash: await hashOf(request), length, type });
      response.end("taken");
    });
    world.app.on("/bulk", (_, response) => void bulk(20 * MIB).pipe(response));
    await page.evaluate(async () => Object.assign(window, { big: await (await fetch("/bulk")).blob() }));
    const answers = await page.evaluate(async () => {
      const { big } = window as unknown as { big: Blob };
      const form = new FormData();
      form.append("file", big, "big.bin");
      const asked = new XMLHttpRequest();
      asked.open("POST", "/up");
      const loaded = new Promise((resolve) =>
        asked.addEventListener("load", () => resolve(asked.responseText)),
      );
      asked.send(big);
      const streamed = { method: "POST", body: big.stream(), duplex: "half" } as RequestInit;
      return [
        await (await fetch("/up", { method: "POST", body: big })).text(),
        await loaded,
        await (await fetch("/up", { method: "POST", body: form })).text(),
        await (await fetch("/up", streamed)).text(),
      ];
    });
    expect(answers).toEqual(["taken", "taken", "taken", "taken"]);
    const whole = got.filter(({ hash }) => hash === bulkHash(20 * MIB));
    expect(whole).toHaveLength(3);
    expect(whole.filter(({ length }) => length === String(20 * MIB))).toHaveLength(2);
    expect(whole.filter(({ length }) => length === undefined)).toHaveLength(1);
    expect(got.find(({ type }) => type?.startsWith("multipart/form-data; boundary="))?.length).toBeDefined();
  }, 120_000);

  it("send a form with a file as the browser does", async () => {
    const got = deferred<{ type: string; text: string; length: string }>();
    world.app.on("/form", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { "content-type": type = "", "content-length": length = "" } = request.headers;
      got.resolve({ type, length, text: Buffer.concat(chunks).toString() });
      response.writeHead(303, { location: "/thanks" }).end();
    });
    world.app.on("/thanks", (request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end(`<title>thanks ${request.method}</title>`);
    });
    await page.setContent(
      "<form method=post enctype=multipart/form-data action=/form><input name=word value=hello><input type=file name=f><button>go</button></form>",
    );
    await page.setInputFiles("[type=file]", {
      name: "a.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("inside"),
    });
    await page.click("button");
    await page.waitForURL(`${world.origin}/thanks`);
    expect(await page.title()).toBe("thanks GET");
    const { type, text, length } = await got.promise;
    expect(type).toMatch(/^multipart\/form-data; boundary=/);
    expect(text).toContain('name="word"\r\n\r\nhello');
    expect(text).toContain('filename="a.txt"');
    expect(text).toContain("inside");
    expect(length).toBe(String(Buffer.byteLength(text)));
  });

  it("stream up while the answer streams down", async () => {
    world.app.on("/both", async (request, response) => {
      response.writeHead(200).flushHeaders();
      for await (const chunk of request) response.write(String(chunk).toUpperCase());
      response.end(" end");
    });
    const text = await page.evaluate(async () => {
      const body = new ReadableStream({
        async start(controller) {
          for (const word of ["one ", "two ", "three"]) {
            controller.enqueue(new TextEncoder().encode(word));
            await new Promise((resolve) => setTimeout(resolve));
          }
          controller.close();
        },
      });
      return (await fetch("/both", { method: "POST", body, duplex: "half" } as RequestInit)).text();
    });
    expect(text).toBe("ONE TWO THREE end");
  });

  it("ask for parts, as video does when it seeks", async () => {
    const ranges: string[] = [];
    world.app.on("/part", (request, response) => {
      const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
      ranges.push(request.headers.range ?? "");
      const end = to === "" ? 999 : Number(to);
      response.writeHead(206, { "content-range": `bytes ${from}-${end}/1000`, "accept-ranges": "bytes" });
      response.end("x".repeat(end - Number(from) + 1));
    });
    const seen = await page.evaluate(async () => {
      const answer = await fetch("/part", { headers: { range: "bytes=10-19" } });
      return [answer.status, answer.headers.get("content-range"), (await answer.text()).length];
    });
    expect(seen).toEqual([206, "bytes 10-19/1000", 10]);
    expect(ranges).toEqual(["bytes=10-19"]);
  });

  it("play a sound and seek in it", async () => {
    const rate = 8_000;
    const seconds = 60;
    const bytes = rate * seconds;
    const wav = Buffer.concat([wavHead({ rate, bytes }), Buffer.alloc(bytes, 128)]);
    const ranges: string[] = [];
    world.app.on("/sound.wav", (request, response) => {
      const { range = "" } = request.headers;
      ranges.push(range);
      const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
      const end = to === "" ? wav.length - 1 : Number(to);
      const part = wav.subarray(Number(from), end + 1);
      response.writeHead(range === "" ? 200 : 206, {
        "content-type": "audio/wav",
        "accept-ranges": "bytes",
        "content-length": part.length,
        ...(range !== "" && { "content-range": `bytes ${from}-${end}/${wav.length}` }),
      });
      response.end(part);
    });
    await page.setContent("<audio src=/sound.wav preload=auto></audio>");
    const at = await page.evaluate(async () => {
      const audio = document.querySelector("audio");
      if (audio === null) return undefined;
      if (audio.readyState < 1)
        await new Promise((resolve) => audio.addEventListener("loadedmetadata", resolve));
      audio.currentTime = 50;
      await new Promise((resolve) => audio.addEventListener("seeked", resolve));
      return [audio.duration, audio.currentTime];
    });
    expect(at).toEqual([seconds, 50]);
    expect(ranges.length).toBeGreaterThan(0);
    expect(ranges.every((range) => range.startsWith("bytes="))).toBe(true);
  });

  it("know an answer again by its ETag", async () => {
    world.app.on("/tagged", (request, response) => {
      const isKnown = request.headers["if-none-match"] === '"one"';
      response.writeHead(isKnown ? 304 : 200, { etag: '"one"' }).end(isKnown ? undefined : "text");
    });
    const seen = await page.evaluate(async () => {
      const first = await fetch("/tagged");
      const again = await fetch("/tagged", { headers: { "if-none-match": first.headers.get("etag") ?? "" } });
      return [first.status, await first.text(), again.status, await again.text()];
    });
    expect(seen).toEqual([200, "text", 304, ""]);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
  ])("get answers in %s (%#), and a cut one is an error", async (encoding, pack) => {
    const packed = pack(Buffer.from("packed ".repeat(10_000)));
    let sent = packed;
    world.app.on("/packed", (_, response) => {
      response.writeHead(200, { "content-encoding": encoding, "content-length": sent.length }).end(sent);
    });
    expect(await page.evaluate(async () => (await (await fetch("/packed")).text()).length)).toBe(70_000);
    sent = packed.subarray(0, packed.length - 20);
    expect(
      await page.evaluate(() =>
        fetch("/packed")
          .then((answer) => answer.text())
          .catch(() => "error"),
      ),
    ).toBe("error");
  });

  it("in an encoding that nobody asked for are an error, and no nonsense", async () => {
    world.app.on("/br", (_, response) => {
      response.writeHead(200, { "content-encoding": "br" }).end(brotliCompressSync("text"));
    });
    expect(
      await page.evaluate(() =>
        fetch("/br")
          .then(() => "answer")
          .catch((error) => error.name),
      ),
    ).toBe("TypeError");
  });

  it("that are cut are an error, never a short answer", async () => {
    world.app.on("/cut", (_, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write("half", () => response.destroy());
    });
    const read = () =>
      fetch("/cut")
        .then((answer) => answer.text())
        .catch((error) => error.name);
    expect(await page.evaluate(read)).toBe("TypeError");
  });

  it("of server-sent events come one by one, and come back with the last id", async () => {
    const ids: (string | undefined)[] = [];
    world.app.on("/events", (request, response) => {
      const id = request.headers["last-event-id"];
      ids.push(typeof id === "string" ? id : undefined);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(
        `retry: 10\nid: ${ids.length}\ndata: first\ndata: second\n\nevent: named\ndata: ${ids.length}\n\n`,
      );
      if (ids.length < 3) response.end();
    });
    const seen = await page.evaluate(async () => {
      const events: string[] = [];
      const source = new EventSource("/events");
      source.onmessage = ({ data, lastEventId }) => events.push(`${lastEventId}: ${data}`);
      await new Promise<void>((resolve) => {
        source.addEventListener("named", ({ data }) => {
          events.push(`named ${data}`);
          if (data === "3") resolve();
        });
      });
      const state = source.readyState;
      source.close();
      return { events, state, closed: source.readyState, isOne: source instanceof EventSource };
    });
    expect(seen.events).toEqual([1, 2, 3].flatMap((count) => [`${count}: first\nsecond`, `named ${count}`]));
    expect(seen).toMatchObject({ state: 1, closed: 2, isOne: true });
    expect(ids).toEqual([undefined, "1", "2"]);
  });

  it("that the app wants kept alive go through the tunnel and nowhere else", async () => {
    const got: string[] = [];
    world.app.on("/beacon", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      got.push(`${request.headers["content-type"]} ${Buffer.concat(chunks)}`);
      response.end();
    });
    const seen: string[] = [];
    page.context().on("request", (request) => {
      if (request.serviceWorker() === null) seen.push(new URL(request.url()).pathname);
    });
    await page.evaluate(async () => {
      navigator.sendBeacon("/beacon", "text");
      navigator.sendBeacon("/beacon", new Blob(["{}"], { type: "application/json" }));
      await fetch("/beacon", {
        method: "POST",
        body: "kept",
        keepalive: true,
        headers: { "content-type": "x/kept" },
      });
    });
    await until("everything came", () => got.length === 3);
    expect(got.sort()).toEqual(["application/json {}", "text/plain;charset=UTF-8 text", "x/kept kept"]);
  });

  it("that are synchronous are refused, in words", async () => {
    const words: string[] = [];
    page.on("console", (message) => words.push(message.text()));
    const name = await page.evaluate(() => {
      try {
        new XMLHttpRequest().open("GET", "/", false);
        return "opened";
      } catch (error) {
        return error instanceof Error ? error.name : "";
      }
    });
    expect(name).toBe("InvalidAccessError");
    expect(words.join()).toContain("Synchronous XMLHttpRequest does not pass the tunnel");
  });
});
