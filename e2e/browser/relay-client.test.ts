/**
 * The client library in a real browser, on the real bundle, through a real relay and node: from an origin that browsers
 * trust, and from one that they do not, as a relay on the local network is.
 */
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestApi } from "../support/api.ts";
import { bulk, bulkHash, hashOf, MIB } from "../support/bulk.ts";
import { type CoreNode, startCoreNode } from "../support/core-node.ts";
import { deferred } from "../support/deferred.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { until } from "../support/until.ts";
import { serveWebSockets } from "../support/web-sockets.ts";
import type { PageActs } from "./page.ts";
import { startPageServer } from "./page-server.ts";

/** Nobody's name; the browser is told to find it on this machine. */
const LAN_NAME = "relay.home.test";
const PLACES = [
  { name: "a loopback origin", host: "127.0.0.1", isSecure: true },
  { name: "a plain-http origin on the network", host: LAN_NAME, isSecure: false },
];

declare const pageActs: PageActs;

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium(
  "the client library in a browser",
  [`--host-resolver-rules=MAP ${LAN_NAME} 127.0.0.1`],
  (browser) => {
    let pages: TestApi;
    let relay: RunningRelay;
    let api: Routes;
    let node: CoreNode;
    beforeAll(async () => {
      pages = await startPageServer();
      atTheEnd(() => pages.close());
      relay = await startTestRelay();
      atTheEnd(() => relay.close());
      api = await startRoutes(atTheEnd);
      node = await startCoreNode({ relay: relay.origin, api: api.origin });
      atTheEnd(() => node.node.stop());
      serveWebSockets(api, (socket) => {
        socket.on("message", (data, isBinary) => {
          if (String(data) === "close") socket.close(4007, "as asked");
          else socket.send(String(data).toUpperCase(), { binary: isBinary });
        });
      });
    });

    describe.each(PLACES)("on $name", ({ host, isSecure }) => {
      let page: Page;
      let relayHere: string;
      beforeEach(async () => {
        relayHere = relay.origin.replace("127.0.0.1", host);
        const context = await browser().newContext();
        afterTest(() => context.close());
        page = await context.newPage();
        await page.goto(`http://${host}:${pages.port}/`);
      });

      async function paired() {
        const text = await node.link();
        const pairing = await page.evaluate(
          ([link = "", at = ""]) => pageActs.pair(link, at),
          [text, relayHere],
        );
        await page.evaluate((remembered) => pageActs.connect(remembered), pairing.remembered);
        return pairing;
      }

      it("finds the world that it was made for", async () => {
        expect(await page.evaluate(() => pageActs.where())).toEqual({
          isSecure,
          hasSubtle: isSecure,
          hasRandomUuid: isSecure,
          implementations: ["noble"],
        });
      });

      it("pairs by link, shows the PC's number, and fetches", async () => {
        api.on("/hello", (_, response) => {
          response.writeHead(201, { "content-type": "text/plain" }).end("hello");
        });
        const { checkNumber, remembered } = await paired();
        expect(remembered.record).toMatchObject({ status: "active", nodeName: "desk" });
        expect(node.events).toContainEqual(expect.objectContaining({ kind: "paired", checkNumber }));
        expect(await page.evaluate(() => pageActs.get("/hello"))).toEqual({
          status: 201,
          type: "text/plain",
          text: "hello",
        });
      });

      it("pairs by typed code, and comes back after the page was loaded anew", async () => {
        api.on("/back", (_, response) => response.end("still here"));
        const code = (await node.typedCode()).toLowerCase();
        const { remembered } = await page.evaluate(
          ([text = "", at = ""]) => pageActs.pair(text, at),
          [code, relayHere],
        );
        await page.reload();
        await page.evaluate((stored) => pageActs.connect(stored), remembered);
        expect((await page.evaluate(() => pageActs.get("/back"))).text).toBe("still here");
      });

      it("streams large bodies both ways, whole", async () => {
        api.on("/down", (_, response) => void bulk(8 * MIB).pipe(response));
        api.on("/up", async (request, response) => response.end(await hashOf(request)));
        await paired();
        expect(await page.evaluate(() => pageActs.download("/down"))).toBe(bulkHash(8 * MIB));
        const { hash, answer } = await page.evaluate(() => pageActs.upload("/up", 3_000_000));
        expect(answer).toBe(hash);
      });

      it("gets events as they come", async () => {
        const opened = deferred<(text: string) => void>();
        api.on("/events", (_, response) => {
          response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
          opened.resolve((text) => void response.write(text));
        });
        await paired();
        await page.evaluate(() => pageActs.open("/events"));
        const push = await opened.promise;
        for (const text of ["data: one\n\n", "data: two\n\n", "data: three\n\n"]) {
          // The next is made only when this one has arrived.
          push(text);
          expect(await page.evaluate(() => pageActs.next())).toBe(text);
        }
      });

      it("talks over a WebSocket, and hears how it ends", async () => {
        await paired();
        expect(await page.evaluate(() => pageActs.talk("/talk", ["one", "two", "close"]))).toEqual({
          received: ["ONE", "TWO"],
          code: 4007,
          reason: "as asked",
        });
      });

      it("gives up, and the API hears of it", async () => {
        const left = deferred();
        api.on("/long", (_, response) => {
          response.on("close", () => left.resolve());
          response.writeHead(200).write("begun");
        });
        await paired();
        expect(await page.evaluate(() => pageActs.abort("/long"))).toBe("AbortError");
        await left.promise;
      });

      it("is thrown out in the middle of a download, by the PC's own word", async () => {
        api.on("/endless", (_, response) => void bulk(10_000 * MIB).pipe(response));
        const { remembered } = await paired();
        await page.evaluate(() => pageActs.open("/endless"));
        await page.evaluate(() => pageActs.next());
        const rest = page.evaluate(() => pageActs.rest());
        await node.node.revoke(remembered.record.deviceId).stored;
        expect(await rest).toBe("forbidden");
        await until("the page knew", async () => (await page.evaluate(() => pageActs.state())) === "revoked");
      });
    });
  },
);
