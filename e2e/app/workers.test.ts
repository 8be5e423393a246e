/** WebSockets and workers of an app through the tunnel, in every form that there is. */
import type { IncomingMessage } from "node:http";
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { serveWebSockets } from "../support/web-sockets.ts";
import { type AppWorld, openApp, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

/** What a worker of the test does: it talks over a WebSocket, fetches, listens to events, and tells its maker. */
const ACTS = `
const acts = async (say) => {
  say("strict " + (function () { return this === undefined })());
  say("fetched " + await (await fetch("/word")).text());
  const socket = new WebSocket("/talk");
  socket.binaryType = "arraybuffer";
  const heard = [];
  socket.onmessage = ({ data }) => heard.push(typeof data === "string" ? data : data.byteLength + " bytes");
  socket.onopen = () => { socket.send("hello"); socket.send(new Uint8Array(3000)); socket.send("close"); };
  const { code } = await new Promise((resolve) => { socket.onclose = resolve; });
  say("socket " + heard.join() + " " + code);
  const source = new EventSource("/events");
  source.onmessage = ({ data }) => { source.close(); say("event " + data); say("done"); };
};
`;

describeWithChromium("an app's sockets and workers through the tunnel", [], (browser) => {
  let world: AppWorld;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
    const { app } = world;
    const script = (path: string, text: string) =>
      app.on(
        path,
        (_, response) => void response.writeHead(200, { "content-type": "text/javascript" }).end(text),
      );
    app.on("/", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
    });
    app.on("/word", (_, response) => response.end("word"));
    app.on("/events", (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: told\n\n");
    });
    script(
      "/classic.js",
      `"use strict";${ACTS}importScripts("/helper.js"); acts((text) => postMessage(text + helped));`,
    );
    script("/helper.js", "self.helped = ''");
    script(
      "/module.js",
      `import { helped } from "/helper.mjs";${ACTS}acts((text) => postMessage(text + helped));`,
    );
    script("/helper.mjs", "export const helped = ''");
    script("/shared.js", `${ACTS}onconnect = ({ ports: [port] }) => acts((text) => port.postMessage(text));`);
    script(
      "/nested.js",
      "const inner = new Worker('/classic.js'); inner.onmessage = ({ data }) => postMessage(data);",
    );
    serveWebSockets(
      app,
      (socket) => {
        socket.on("message", (data, isBinary) => {
          if (!isBinary && String(data) === "close") socket.close(4007, "as asked");
          else socket.send(data, { binary: isBinary });
        });
      },
      {
        handleProtocols: (offered) => [...offered][0] ?? false,
        verifyClient: ({ req }: { req: IncomingMessage }) => req.url !== "/refused",
      },
    );
  });
  beforeEach(async () => {
    ({ page, complaints } = await openApp(browser(), world, afterTest));
  });

  const EXPECTED = (isStrict: boolean) => [
    `strict ${isStrict}`,
    "fetched word",
    "socket hello,3000 bytes 4007",
    "event told",
    "done",
  ];

  it.each([
    ["classic", "new Worker('/classic.js')", true],
    ["module", "new Worker('/module.js', { type: 'module' })", true],
    ["shared", "new SharedWorker('/shared.js')", false],
    ["nested", "new Worker('/nested.js')", true],
    [
      "blob",
      "(() => { const url = URL.createObjectURL(new Blob([acts + 'acts((text) => postMessage(text))'])); const worker = new Worker(url); URL.revokeObjectURL(url); return worker; })()",
      false,
    ],
    [
      "blob module",
      "new Worker(URL.createObjectURL(new Blob([acts + 'acts((text) => postMessage(text))'])), { type: 'module' })",
      true,
    ],
  ])("works in a worker: %s", async (_, made, isStrict) => {
    const heard = await page.evaluate(
      ({ expression, source }) => {
        const worker: Worker | SharedWorker = new Function("acts", `return ${expression}`)(source);
        const texts: string[] = [];
        return new Promise<string[]>((resolve, reject) => {
          const listen = ({ data }: MessageEvent) => {
            texts.push(data);
            if (data === "done") resolve(texts);
          };
          worker.onerror = (event) =>
            reject(new Error(event instanceof ErrorEvent ? event.message : "error"));
          if (worker instanceof SharedWorker) worker.port.onmessage = listen;
          else worker.onmessage = listen;
        });
      },
      {
        expression: made,
        source: ACTS.replace('"/word"', "origin + '/word'")
          .replace('"/talk"', "origin + '/talk'")
          .replace('"/events"', "origin + '/events'"),
      },
    );
    expect(heard).toEqual(EXPECTED(isStrict));
    expect(complaints).toEqual([]);
  });

  it("is a WebSocket as pages know it", async () => {
    const seen = await page.evaluate(async (appOrigin) => {
      const socket = new WebSocket(`${appOrigin.replace("http", "ws")}/talk`, ["one", "two"]);
      const before = [socket.readyState, socket.url.startsWith("ws:"), socket instanceof WebSocket];
      await new Promise((resolve) => socket.addEventListener("open", resolve));
      const heard: unknown[] = [];
      const listened = new Promise<void>((resolve) => {
        socket.onmessage = async ({ data }) => {
          heard.push(data instanceof Blob ? `blob ${await data.text()}` : data);
          if (heard.length === 3) resolve();
        };
      });
      socket.send("text");
      socket.send(new Blob(["in order"]));
      socket.send(new TextEncoder().encode("view").subarray(1));
      await listened;
      const { protocol } = socket;
      const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
      socket.close(3001, "enough");
      const { code, reason, wasClean } = await closed;
      return {
        before,
        heard,
        protocol,
        code,
        reason,
        wasClean,
        after: socket.readyState,
        open: WebSocket.OPEN,
      };
    }, world.app.origin);
    expect(seen).toEqual({
      before: [0, true, true],
      heard: ["text", "blob in order", "blob iew"],
      protocol: "one",
      code: 3001,
      reason: "enough",
      wasClean: true,
      after: 3,
      open: 1,
    });
  });

  it("says when a WebSocket cannot be had, and refuses what is none", async () => {
    const seen = await page.evaluate(async () => {
      const order: string[] = [];
      const socket = new WebSocket("/refused");
      socket.onerror = () => order.push("error");
      const { code } = await new Promise<CloseEvent>((resolve) => {
        socket.onclose = (event) => {
          order.push("close");
          resolve(event);
        };
      });
      const thrown = ["ftp://x/", "http://["].map((address) => {
        try {
          new WebSocket(address);
          return "none";
        } catch (error) {
          return error instanceof DOMException ? error.name : "other";
        }
      });
      return { order, code, thrown };
    });
    expect(seen).toEqual({ order: ["error", "close"], code: 1006, thrown: ["SyntaxError", "SyntaxError"] });
  });
});
