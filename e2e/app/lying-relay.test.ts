/**
 * A relay that lies, under a page of an app in a real browser: whatever it does to the frames or says about the PC, the
 * page gets an error with a name, and never a wrong body or a short one as if it were whole. Only the relay is a double.
 */
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { bulkChunks, bulkHash, hashOf, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { pairDevice } from "../support/device.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { honest, type Leg, type Meddler, type Message, startMeddler, text } from "../support/meddler.ts";
import { startTestRelay } from "../support/relay.ts";
import { until } from "../support/until.ts";
import { builtWebFiles } from "../support/web-files.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

const BODY_BYTES = MIB;

describeWithChromium("an app behind a relay that lies", [], (browser) => {
  let meddler: Meddler;
  let world: AppWorld;
  let page: Page;
  /** Lets the second half of the body go. */
  let goOn = deferred();
  beforeAll(async () => {
    const relay = await startTestRelay({}, undefined, await builtWebFiles());
    atTheEnd(() => relay.close());
    meddler = await startMeddler(relay.origin);
    atTheEnd(() => meddler.close());
    const port = Number(new URL(meddler.origin).port);
    world = await startAppWorld(atTheEnd, {
      relay: { origin: meddler.origin, port, adminPort: undefined, close: () => Promise.resolve() },
    });
    world.app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
    // Without a length: nothing but the tunnel can say that it is short.
    world.app.on("/halves", async (_, response) => {
      response.writeHead(200);
      const chunks = [...bulkChunks(BODY_BYTES)];
      for (const [at, chunk] of chunks.entries()) {
        if (at === chunks.length / 2) await goOn.promise;
        response.write(chunk);
      }
      response.end();
    });
  });
  beforeEach(async () => {
    meddler.rule = honest;
    goOn = deferred();
    ({ page } = await openApp(browser(), world, afterTest));
  });

  /** Begins to read; resolves when the first half is there, while the second one waits. */
  async function readHalf(): Promise<void> {
    await page.evaluate(async (half) => {
      const answer = await fetch("/halves");
      const reader = answer.body?.getReader();
      let read = 0;
      while (read < half) read += (await reader?.read())?.value?.length ?? Number.NaN;
      const rest = async () => {
        for (;;) {
          const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
          if (done) return `whole: ${read}`;
          read += value.length;
        }
      };
      Object.assign(window, { rest: rest().catch((error) => error.name) });
    }, BODY_BYTES / 2);
  }

  const rest = () => page.evaluate(() => Reflect.get(window, "rest") as Promise<string>);

  /** The body once more, whole, when the relay is honest again. */
  async function wholeHash(): Promise<string> {
    const bytes = await page.evaluate(async () => [
      ...new Uint8Array(await crypto.subtle.digest("SHA-256", await (await fetch("/halves")).arrayBuffer())),
    ]);
    return Buffer.from(bytes).toString("hex");
  }

  /** What becomes of the frames to the browser from now on; undefined passes one on. */
  function onFrames(change: (message: Message, leg: Leg) => readonly Message[] | undefined): void {
    meddler.rule = (message, toward, leg) => {
      const isFrame = leg.end === "client" && toward === "endpoint" && message.isBinary;
      return (isFrame ? change(message, leg) : undefined) ?? [message];
    };
  }

  /** The one of the page's worker; the other client is the phone that let it in. */
  const ofBrowser = () => meddler.legs.filter(({ end }) => end === "client").at(-1);

  const attacks: [string, () => void][] = [
    [
      "two frames in the other order",
      () => {
        let held: Message | undefined;
        onFrames((message, leg) => {
          if (leg !== ofBrowser()) return undefined;
          if (held === undefined) {
            held = message;
            return [];
          }
          return [message, held];
        });
      },
    ],
    [
      "a frame less",
      () => {
        let dropped = 0;
        onFrames((_, leg) => {
          if (leg !== ofBrowser()) return undefined;
          dropped += 1;
          return dropped === 1 ? [] : undefined;
        });
      },
    ],
    ["each frame twice", () => onFrames((message) => [message, message])],
    [
      "a frame cut short",
      () => onFrames((message) => [{ ...message, data: message.data.subarray(0, message.data.length / 2) }]),
    ],
    [
      "a bit turned",
      () =>
        onFrames((message) => {
          const data = Buffer.from(message.data);
          data.writeUInt8(data.readUInt8(40) ^ 1, 40);
          return [{ ...message, data }];
        }),
    ],
    ["an empty frame", () => onFrames((message) => [{ ...message, data: Buffer.alloc(0) }, message])],
    [
      "the handshake once more",
      () =>
        onFrames((message) => [{ ...message, data: Buffer.concat([Buffer.from([6]), Buffer.alloc(48)]) }]),
    ],
    ["the end, in order", () => ofBrowser()?.close(1000)],
    ["the end, without a word", () => ofBrowser()?.cut()],
    [
      "that the PC is away",
      () => {
        ofBrowser()?.say("endpoint", text({ type: "error", code: "node_offline" }));
        ofBrowser()?.close(4503);
      },
    ],
    [
      "that it is not known any more",
      () => {
        ofBrowser()?.say("endpoint", text({ type: "error", code: "denied" }));
        ofBrowser()?.close(4403);
      },
    ],
    [
      "to the PC that the browser has gone",
      () => {
        for (const leg of meddler.legs.filter(({ end }) => end === "node")) {
          for (let channel = 1; channel < 200; channel += 1) {
            leg.say("endpoint", text({ type: "channel_closed", channel }));
          }
        }
        // Everybody's are gone, also the phone's that lets browsers in.
        for (const leg of meddler.legs) if (leg.end === "client") leg.cut();
      },
    ],
  ];

  it.each(attacks)(
    "hands in %s in the middle of a body: an error, and no short success",
    async (_, attack) => {
      await readHalf();
      attack();
      goOn.resolve();
      expect(await rest()).toBe("TypeError");
      meddler.rule = honest;
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await until("the app was there again", async () => (await wholeHash().catch(() => "")) !== "");
      expect(await wholeHash()).toBe(bulkHash(BODY_BYTES));
    },
  );

  it("hands in a frame of another browser's connection: an error, and that one gets what is its own", async () => {
    const second = await openApp(browser(), world, afterTest);
    const other = ofBrowser();
    await second.page.evaluate(() => fetch("/halves").then((answer) => answer.body?.cancel()));
    await page.evaluate(() => fetch("/").then((answer) => answer.text()));
    await readHalf();
    let spliced: Message | undefined;
    const victims = meddler.legs.filter((leg) => leg.end === "client" && leg !== other);
    onFrames((message, leg) => {
      if (leg === other) spliced = message;
      else if (spliced !== undefined && victims.includes(leg)) return [spliced];
      return undefined;
    });
    expect(await second.page.evaluate(async () => (await fetch("/")).status)).toBe(200);
    await until("there was one", () => spliced !== undefined);
    goOn.resolve();
    expect(await rest()).toBe("TypeError");
    expect(await second.page.evaluate(async () => (await fetch("/")).status)).toBe(200);
  });

  it("leaves everything whole when it is honest: what failed above were its lies", async () => {
    await readHalf();
    goOn.resolve();
    expect(await rest()).toBe(`whole: ${BODY_BYTES}`);
    expect(await wholeHash()).toBe(await hashOf(bulkChunks(BODY_BYTES)));
  });

  it.each([
    ["that the PC is away", text({ type: "error", code: "node_offline" }), 4503, "desk is not online"],
    ["that it is full", text({ type: "error", code: "rate_limited" }), 4429, /The relay does not serve/],
    ["that it is not known", text({ type: "error", code: "denied" }), 4403, /The relay does not serve/],
    ["something without sense", text({ type: "opened", opened: [] }), 4400, /The relay|desk/],
  ])(
    "says %s: the page says so, keeps its pairing, and comes back by itself",
    async (_, said, close, title) => {
      meddler.rule = (message, toward, leg) => {
        if (leg.end !== "client" || toward !== "relay") return [message];
        leg.say("endpoint", said);
        leg.close(close);
        return [];
      };
      for (const leg of meddler.legs) if (leg.end === "client") leg.cut();
      await page.reload();
      expect(await page.locator("h1").textContent()).toMatch(title);
      meddler.rule = honest;
      await page.waitForFunction(() => document.title === "ready", undefined, { timeout: 60_000 });
    },
    90_000,
  );

  it("leads to another PC: nothing reaches that one, and the page says that there is no way", async () => {
    const thief = await startAppWorld(afterTest, {
      relay: {
        origin: meddler.origin,
        port: Number(new URL(meddler.origin).port),
        adminPort: undefined,
        close: () => Promise.resolve(),
      },
      name: "thief",
    });
    const asked: string[] = [];
    thief.app.on("/", (request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(200, { "content-type": "text/html" }).end("<title>stolen</title>");
    });
    const { record } = await pairDevice({ text: await thief.node.link(), relay: meddler.origin });
    meddler.rule = (message, toward, leg) =>
      leg.end === "client" && toward === "relay" && !message.isBinary
        ? [text({ type: "open", node_id: record.nodeId, token: record.routeToken })]
        : [message];
    for (const leg of meddler.legs) if (leg.end === "client") leg.cut();
    await page.reload();
    expect(await page.locator("h1").textContent()).not.toBe("");
    expect(await page.title()).not.toBe("stolen");
    expect(asked).toEqual([]);
    meddler.rule = honest;
    await page.waitForFunction(() => document.title === "ready", undefined, { timeout: 60_000 });
  }, 90_000);
});
