/**
 * Pages without an end and pages of 100 MB: what stands in memory between the PC and the page has a bound, whatever is
 * put into them on the way. First without a browser, where "nobody reads" can be had exactly; then in one.
 */
import { constants, createGzip } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { answer } from "../../relay/web/app/worker/answer.ts";
import { Login } from "../../relay/web/app/worker/login.ts";
import { Pages } from "../../relay/web/app/worker/pages.ts";
import { Memory } from "../../relay/web/app/worker/remembered.ts";
import { MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { sessionIs } from "../support/device.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { until } from "../support/until.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";
import { watchWorkerMemory } from "./worker-memory.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

/** Far above what windows and the sockets of a loaded machine take, and far below what is offered. */
const UNREAD_LIMIT_BYTES = 64 * MIB;
const OFFERED_BYTES = 200 * MIB;
/** Of the worker alone: two windows that have grown, and its own scripts. */
const WORKER_LIMIT_BYTES = 40 * MIB;

/** The same, and what comes at once of a piece that is packed a thousandfold; of a whole record it would be 60 MiB. */
const UNPACKING_LIMIT_BYTES = 24 * MIB;
/** As it is packed: two gigabytes come of it. */
const PACKED_BYTES = 2 * MIB;
/** Read between two looks, which then stand at different places of a record. */
const READ_BYTES = 6 * MIB + 12_345;
/** Two records and more. */
const LOOKS = 24;

/** A guard against hanging; 100 MB take a slow machine long. */
const PATIENCE_MS = 100_000;

const emptyDatabase = {
  all: async () => [],
  put: async () => undefined,
  replace: async () => undefined,
  change: async () => false,
  delete: async () => undefined,
  close: () => undefined,
};
const spaces = Buffer.alloc(MIB, " ");
const comment = Buffer.from(`<!--${"-".repeat(MIB - 4)}`);

describe("a page that nobody reads", () => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
    world.app.on("/quick", (_, response) => response.end(spaces.subarray(0, 64 * 1024)));
  });

  /** What the worker makes of it, for a document or a worker's script. */
  async function asked(path: string, destination: "document" | "worker"): Promise<Response> {
    const session = world.phone.connect();
    afterTest(() => session.close());
    await sessionIs(session, "connected");
    const noPages = { get: async () => undefined, matchAll: async () => [] };
    const given = new Request(`${world.origin}${path}`);
    const mode = destination === "document" ? "navigate" : "same-origin";
    // Nobody but a browser makes one for a document.
    const request = new Proxy(given, {
      get: (target, name) =>
        name === "mode" ? mode : name === "destination" ? destination : Reflect.get(target, name, target),
    });
    const place = { origin: world.origin, aliases: [world.app.origin], basePath: "" };
    return answer(
      { request, clientId: "" },
      {
        tunnel: { session, device: "d", name: () => "desk", place: async () => place },
        pages: new Pages(noPages),
        login: new Login(new Memory(emptyDatabase)),
        browser: { userAgent: "test", languages: ["en"] },
        shim: { script: `${world.origin}/~ora/shim.js`, hash: "sha256-x", calls: `${world.origin}/~ora/` },
        workerShim: "/* shim */",
      },
    );
  }

  // Nothing in gzip: Node's DecompressionStream takes 16,384 pieces that nobody reads. A browser's is looked at below.
  it.each([
    ["HTML whose head never ends", "text/html", "document", spaces],
    ["HTML that is one comment", "text/html", "document", comment],
    ["events", "text/event-stream", "worker", spaces],
    ["a worker's script", "text/javascript", "worker", spaces],
  ] as const)(
    "stops the PC, and goes on when somebody reads: %s",
    async (_, type, destination, piece) => {
      let sent = 0;
      world.app.on("/endless", async (_request, response) => {
        const closed = new Promise((resolve) => response.once("close", resolve));
        response.writeHead(200, { "content-type": type });
        while (sent < OFFERED_BYTES && !response.destroyed) {
          sent += piece.length;
          if (!response.write(piece))
            await Promise.race([new Promise((drained) => response.once("drain", drained)), closed]);
        }
        response.end();
      });
      const response = await asked("/endless", destination);
      expect(response.status).toBe(200);
      await stalled(() => sent);
      expect(sent).toBeLessThan(UNREAD_LIMIT_BYTES);
      const stood = sent;
      const reader = response.body?.getReader();
      for (let read = 0; read <= stood; ) read += (await reader?.read())?.value?.length ?? Number.NaN;
      await until("the PC sent more", () => sent > stood);
      await reader?.cancel();
    },
    60_000,
  );

  /** Until no more is sent while as much as a second's worth of other things comes through, or far too much was. */
  async function stalled(sent: () => number): Promise<void> {
    const session = world.phone.connect();
    afterTest(() => session.close());
    await sessionIs(session, "connected");
    for (let before = -1; before !== sent() && sent() < UNREAD_LIMIT_BYTES; ) {
      before = sent();
      for (let count = 0; count < 30; count += 1) await (await session.fetch("/quick")).arrayBuffer();
    }
  }
});

/** The beginning of a gzip, and a part of it that can be repeated as often as one likes: a megabyte of spaces. */
async function packedSpaces(): Promise<{ head: Buffer; block: Buffer }> {
  const packer = createGzip({ level: 9 });
  const flushed = () =>
    new Promise<Buffer>((resolve) => packer.flush(constants.Z_FULL_FLUSH, () => resolve(packer.read())));
  packer.write(" ");
  const head = await flushed();
  packer.write(spaces);
  return { head, block: await flushed() };
}

describeWithChromium("a page of the app", [], (browser) => {
  let world: AppWorld;
  let wrote = 0;
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
    world.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
  });

  /** HTML of so many bytes, nearly all within one tag, where a browser keeps none of them. */
  function serve(path: string, bytes: number, coding: "identity" | "gzip" = "identity"): Promise<void> {
    const left = deferred();
    wrote = 0;
    world.app.on(path, async (_, response) => {
      const closed = new Promise((resolve) => response.once("close", resolve));
      void closed.then(() => left.resolve());
      response.writeHead(200, { "content-type": "text/html", "content-encoding": coding });
      const packer = coding === "gzip" ? createGzip() : undefined;
      packer?.pipe(response);
      const way = packer ?? response;
      way.write("<!doctype html><title>begun</title><script>var early = typeof caches</script><p ");
      while (wrote < bytes && !response.destroyed) {
        wrote += spaces.length;
        if (!way.write(spaces)) await Promise.race([new Promise((r) => way.once("drain", r)), closed]);
      }
      way.end("id=last>the end");
    });
    return left.promise;
  }

  it.each(["identity", "gzip"] as const)(
    "of 100 MB comes whole, and the worker holds a part at most: %s",
    async (coding) => {
      void serve("/large", 100 * MIB, coding);
      const { page } = await openApp(browser(), world, afterTest);
      const memory = await watchWorkerMemory(browser(), world.origin);
      afterTest(() => memory.end());
      await page.evaluate(() => {
        location.href = "/large";
      });
      const isThere = async () => {
        await memory.look();
        const found = page.locator("#last").count();
        return (await found.catch(() => 0)) === 1;
      };
      await until("it was there", isThere, PATIENCE_MS);
      expect(await page.locator("#last").textContent()).toBe("the end");
      expect(await page.evaluate(() => WebSocket.prototype.constructor.toString())).not.toContain(
        "native code",
      );
      expect(memory.looks).toBeGreaterThan(2);
      expect(memory.most).toBeLessThan(WORKER_LIMIT_BYTES);
    },
    120_000,
  );

  it("gets what was packed a thousandfold as it reads: the worker unpacks a little at a time", async () => {
    const { head, block } = await packedSpaces();
    const packed = Buffer.concat(new Array(Math.ceil(PACKED_BYTES / block.length)).fill(block));
    // It has no end, as far as anybody here reads.
    world.app.on("/packed", (_, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" });
      response.write(Buffer.concat([head, packed]));
    });
    const { page } = await openApp(browser(), world, afterTest);
    const memory = await watchWorkerMemory(browser(), world.origin);
    afterTest(() => memory.end());
    await page.evaluate(async () => {
      const reader = (await fetch("/packed")).body?.getReader();
      Object.assign(window, {
        readOn: async (bytes: number) => {
          for (let read = 0; read < bytes; ) read += (await reader?.read())?.value?.length ?? Number.NaN;
        },
      });
    });
    while (memory.looks < LOOKS) {
      await page.evaluate((bytes) => Reflect.get(window, "readOn")(bytes), READ_BYTES);
      await memory.look();
    }
    expect(memory.most).toBeLessThan(UNPACKING_LIMIT_BYTES);
  }, 120_000);

  it("without an end is shown as it comes, stays within bounds, and ends at the PC when it is left", async () => {
    const left = serve("/endless", Number.POSITIVE_INFINITY);
    const { page } = await openApp(browser(), world, afterTest);
    const memory = await watchWorkerMemory(browser(), world.origin);
    afterTest(() => memory.end());
    await page.goto(`${world.origin}/endless`, { waitUntil: "commit" });
    await until("it was shown", async () => (await page.title().catch(() => "")) === "begun");
    const isMuch = async () => {
      await memory.look();
      return wrote > 64 * MIB;
    };
    await until("much had gone through", isMuch, PATIENCE_MS);
    expect(memory.most).toBeLessThan(WORKER_LIMIT_BYTES);
    await page.goto(`${world.origin}/`);
    await left;
    expect(await page.title()).toBe("ready");
  }, 120_000);
});
