/** A film of the app's through the tunnel, as people watch one: from the beginning, from somewhere else, until it is over. */
import type { ServerResponse } from "node:http";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { until } from "../support/until.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";
import { FILM_SEC, type Film, makeFilm, secondShown } from "./film.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("a film of the app's", ["--autoplay-policy=no-user-gesture-required"], (browser) => {
  let world: AppWorld;
  let film: Film;
  /** What was asked for, and how much of it was taken. */
  let asked: { from: number; to: number; sent: number; isOver: boolean }[] = [];
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
    serve(world);
    const { page, context } = await openApp(browser(), world, () => undefined, "/blank");
    film = await makeFilm(page);
    await context.close();
  });

  function serve({ app }: AppWorld): void {
    app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>ready</title><video muted src=/film.webm></video>");
    });
    app.on("/film.webm", (request, response) => {
      const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
      const from = Number(first);
      const to = last === "" ? film.size : Number(last) + 1;
      const isPart = request.headers.range !== undefined;
      response.writeHead(isPart ? 206 : 200, {
        "content-type": "video/webm",
        "accept-ranges": "bytes",
        "content-length": to - from,
        ...(isPart && { "content-range": `bytes ${from}-${to - 1}/${film.size}` }),
      });
      void send(response, from, to);
    });
  }

  async function send(response: ServerResponse, from: number, to: number): Promise<void> {
    const entry = { from, to, sent: 0, isOver: false };
    asked.push(entry);
    const closed = new Promise<void>((resolve) => void response.once("close", resolve));
    void closed.then(() => {
      entry.isOver = true;
    });
    for (const piece of film.bytes(from, to)) {
      if (response.destroyed) return;
      entry.sent += piece.length;
      if (!response.write(piece)) {
        await Promise.race([new Promise((resolve) => response.once("drain", resolve)), closed]);
      }
    }
    response.end();
  }

  const seek = (page: Page, second: number) =>
    page.evaluate(async (time) => {
      const video = document.querySelector("video");
      if (video === null) return;
      const sought = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
      video.currentTime = time;
      await sought;
    }, second);

  it("plays, and jumps to where it is told by asking for that part alone", async () => {
    asked = [];
    const { page } = await openApp(browser(), world, afterTest);
    await page.evaluate(() => document.querySelector("video")?.play());
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 1.2);
    expect(await page.evaluate(() => document.querySelector("video")?.duration)).toBe(FILM_SEC);
    await page.evaluate(() => document.querySelector("video")?.pause());
    for (const second of [50, 5, 30]) {
      await seek(page, second + 0.5);
      expect(await secondShown(page)).toBe(second);
    }
    // It asked for a part that begins about there, and no part was sent further than a player reads ahead.
    const jump = asked.find(({ from }) => Math.abs(from - film.offsetOf(50)) < film.size / FILM_SEC);
    expect(jump).toBeDefined();
    expect(Math.max(...asked.map(({ sent }) => sent))).toBeLessThan(film.size / 2);
    await page.evaluate(() => document.querySelector("video")?.play());
    const before = await page.evaluate(() => document.querySelector("video")?.currentTime ?? 0);
    await page.waitForFunction(
      (time) => (document.querySelector("video")?.currentTime ?? 0) > time + 0.3,
      before,
    );
  }, 90_000);

  it("stops when the PC revokes the phone: the page says so, and no part of it ever counted as all", async () => {
    const strict = await startAppWorld(afterTest, { name: "strict PC" });
    serve(strict);
    asked = [];
    const { page } = await openApp(browser(), strict, afterTest);
    await page.evaluate(() => {
      const note = (what: string) =>
        sessionStorage.setItem("seen", `${sessionStorage.getItem("seen") ?? ""}${what};`);
      const video = document.querySelector("video");
      video?.addEventListener("ended", () => note("ended"));
      void video?.play();
      fetch("/film.webm")
        .then((answer) => answer.blob())
        .then(
          ({ size }) => note(`whole: ${size}`),
          (error) => note(error.name),
        );
    });
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.3);
    await seek(page, 40.5);
    await strict.node.node.revoke(strict.phone.record.deviceId).stored;
    await page.waitForURL(`${strict.origin}/~ora/boot`);
    await page.waitForFunction(() =>
      document.querySelector("h1")?.textContent?.startsWith("strict PC does not let"),
    );
    await until("the PC sent no more", () => asked.every(({ isOver }) => isOver));
    const after = asked.length;
    expect(await page.evaluate(() => sessionStorage.getItem("seen") ?? "")).not.toMatch(/ended|whole/);
    // Who comes back by hand gets no more of it either.
    const again = await page.evaluate(() => fetch("/film.webm").catch((error) => error.name));
    expect(again).toBe("TypeError");
    expect(asked).toHaveLength(after);
  }, 90_000);
});
