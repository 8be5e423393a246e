/** The way of a phone from the link to the PC's web app and to its end, in a browser that is not Chromium. */
import { beforeAll, expect, it, vi } from "vitest";
import { describeUnless } from "../../desktop/core/testing/system-program.ts";
import { bulkHash } from "../support/bulk.ts";
import { type CoreNode, startCoreNode } from "../support/core-node.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { until } from "../support/until.ts";
import { builtWebFiles } from "../support/web-files.ts";
import { isAt, type OtherBrowser, type OtherTab, pageHas, shows, tapButton } from "./other-tab.ts";
import { BULK_BYTES, startSampleApp } from "./sample-app.ts";

/** A guard: on a busy machine such a browser takes its time. Milliseconds. */
const PATIENCE_MS = 150_000;

/** One after the other: each test goes on where the one before it stopped. `how`: what is missing, if anything is. */
export function describeMainPath(
  name: string,
  how: string | undefined,
  start: () => Promise<OtherBrowser>,
): void {
  describeUnless(how, `${name}, from the link to the app`, () => steps(start), false);
}

function steps(start: () => Promise<OtherBrowser>): void {
  vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
  const atTheEnd = endingsOfAllTests();
  let relay: RunningRelay;
  let node: CoreNode;
  let home: OtherTab;
  let opened: OtherTab | undefined;
  const app = (): OtherTab => {
    if (opened === undefined) throw new Error("the app has not been opened");
    return opened;
  };
  beforeAll(async () => {
    relay = await startTestRelay({}, undefined, await builtWebFiles());
    atTheEnd(() => relay.close());
    const api = await startSampleApp(atTheEnd);
    node = await startCoreNode({ relay: relay.origin, api: api.origin, machineName: "Studio PC" });
    atTheEnd(() => node.node.stop());
    const browser = await start();
    atTheEnd(() => browser.close());
    process.stdout.write(`${browser.version}\n`);
    home = browser.tab;
  });

  it("adds the PC by the opened link, after a tap and with the PC's check number", async () => {
    await home.goto(await node.link());
    await shows(home, "Add this PC?");
    expect(await home.evaluate(() => location.href)).toBe(`${relay.origin}/`);
    await tapButton(home, "Add this PC");
    await shows(home, "Studio PC is added");
    const paired = node.events.find((event) => event.kind === "paired");
    await shows(home, paired?.kind === "paired" ? paired.checkNumber : "no check number");
    await tapButton(home, "Done");
    await shows(home, "connected");
    await home.evaluate(() => location.reload());
    await shows(home, "connected");
  });

  it("keeps its keys where no script can read them, if it can store such keys at all", async () => {
    const [canKeep, isKept] = await home.evaluate(async () => {
      const made = await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
      const canKeep = await Promise.resolve()
        .then(() => structuredClone(made))
        .then(
          () => true,
          () => false,
        );
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open("ora-home");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const [item] = await new Promise<{ key: { privateKey: unknown } }[]>((resolve) => {
        const request = database.transaction("items").objectStore("items").getAll();
        request.onsuccess = () => resolve(request.result);
      });
      database.close();
      const key = item?.key.privateKey;
      return [canKeep, key instanceof CryptoKey && !key.extractable];
    });
    expect(isKept).toBe(canKeep);
  });

  it("opens the app in an origin of its own, with its scripts, styles and images", async () => {
    await tapButton(home, "Open app");
    await until("there was a second tab", async () => (await home.tabs()).length > 1);
    opened = (await home.tabs()).find(({ id }) => id !== home.id);
    await isAt(app(), `http://${node.node.nodeId}.localhost:${relay.port}/`);
    await pageHas(app(), "the module ran", () => Reflect.get(window, "part") === "ran");
    const seen = await app().evaluate(() => {
      const { naturalWidth } = document.images[0] as HTMLImageElement;
      return [
        document.title,
        getComputedStyle(document.body).color,
        Reflect.get(window, "classic"),
        naturalWidth,
      ];
    });
    expect(seen).toEqual(["sample", "rgb(1, 2, 3)", "ran", 7]);
    expect(await app().evaluate(() => window.opener)).toBeNull();
  });

  it("has requests of every kind", async () => {
    const seen = await app().evaluate(async () => {
      const got = await fetch("/echo");
      const posted = await fetch("/echo", { method: "POST", body: "grüße" });
      const put = await fetch("/echo", { method: "PUT", body: new Blob(["blob"]) });
      const form = new FormData();
      form.set("field", "value");
      const multipart = await (await fetch("/echo", { method: "POST", body: form })).text();
      const xhr = new XMLHttpRequest();
      await new Promise((resolve) => {
        xhr.onload = resolve;
        xhr.open("POST", "/echo");
        xhr.send("by xhr");
      });
      const missing = await fetch("/nothing-here");
      return {
        got: [got.headers.get("x-method"), await got.text()],
        posted: await posted.text(),
        put: await put.text(),
        multipart: /name="field"\r\n\r\nvalue\r\n/.test(multipart),
        xhr: [xhr.status, xhr.responseText],
        missing: missing.status,
      };
    });
    expect(seen).toEqual({
      got: ["GET", ""],
      posted: "grüße",
      put: "blob",
      multipart: true,
      xhr: [200, "by xhr"],
      missing: 404,
    });
  });

  it("carries out a request after the cookie that the script wrote before it", async () => {
    const seen = await app().evaluate(async () => {
      const wrong: string[] = [];
      for (let asked = 0; asked < 100; asked += 1) {
        // biome-ignore lint/suspicious/noDocumentCookie: that is what is tested.
        document.cookie = `written=${asked}`;
        const got = await (await fetch("/cookies")).text();
        if (got !== `written=${asked}`) wrong.push(`${asked}: ${got}`);
      }
      return wrong;
    });
    expect(seen).toEqual([]);
  });

  it("hears server-sent events", async () => {
    const heard = await app().evaluate(async () => {
      const source = new EventSource("/events");
      const texts: string[] = [];
      await new Promise<void>((resolve) => {
        source.onmessage = ({ data }) => texts.push(data);
        source.addEventListener("named", ({ data }) => {
          texts.push(data);
          resolve();
        });
      });
      source.close();
      return texts;
    });
    expect(heard).toEqual(["one", "two"]);
  });

  it("speaks on a WebSocket, in text and in bytes", async () => {
    const heard = await app().evaluate(async () => {
      const socket = new WebSocket(`ws://${location.host}/socket`);
      socket.binaryType = "arraybuffer";
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
      });
      const next = () =>
        new Promise<unknown>((resolve) => {
          socket.onmessage = ({ data }) => resolve(data);
        });
      socket.send("grüße");
      const text = await next();
      socket.send(new Uint8Array([0, 255, 7]));
      const bytes = [...new Uint8Array((await next()) as ArrayBuffer)];
      const closed = new Promise<CloseEvent>((resolve) => {
        socket.onclose = resolve;
      });
      socket.close(3000, "bye");
      const { code, wasClean } = await closed;
      return { text, bytes, code, wasClean };
    });
    expect(heard).toEqual({ text: "grüße", bytes: [0, 255, 7], code: 3000, wasClean: true });
  });

  it("has workers, which fetch and speak on WebSockets too", async () => {
    const heard = await app().evaluate(async () => {
      const worker = new Worker("/worker.js");
      worker.postMessage("go");
      return new Promise<unknown>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });
    });
    expect(heard).toEqual(["fetched", "echoed"]);
  });

  it("uploads 20 MB, whole", async () => {
    const isSame = await app().evaluate(async (size) => {
      const bytes = new Uint8Array(size).map((_, at) => at % 251);
      const answer = await fetch("/upload", { method: "PUT", body: bytes });
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return (await answer.text()) === [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    }, BULK_BYTES);
    expect(isSame).toBe(true);
  });

  it("downloads 20 MB, whole", async () => {
    const hash = await app().evaluate(async () => {
      const bytes = await (await fetch("/file")).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    });
    expect(hash).toBe(bulkHash(BULK_BYTES));
  });

  it("sends a form, follows to the page behind it, and keeps the cookies over a reload", async () => {
    const { origin } = new URL(await app().evaluate(() => location.href));
    await tapButton(app(), "Send");
    await isAt(app(), `${origin}/done?user=ada+%26+bob`);
    await pageHas(app(), "the script saw its cookie", () => document.cookie === "written=99; seen=1");
    await app().evaluate(() => {
      Reflect.set(window, "isOld", true);
      location.reload();
    });
    await pageHas(app(), "the page was new", () => !("isOld" in window) && document.title === "done");
    expect(await app().evaluate(async () => (await fetch("/cookies")).text())).toBe(
      "written=99; sid=secret; seen=1",
    );
  });

  it("is back by itself when the app has unregistered the worker", async () => {
    await app().evaluate(async () => {
      // Past our script, which shows the app no registration.
      const { getRegistrations } = ServiceWorkerContainer.prototype;
      for (const registration of await getRegistrations.call(navigator.serviceWorker)) {
        await registration.unregister();
      }
    });
    const { origin } = new URL(await app().evaluate(() => location.href));
    await app().goto(`${origin}/?again`);
    await isAt(app(), `${origin}/?again`);
    await pageHas(app(), "the app was there", () => Reflect.get(window, "part") === "ran");
    expect(await app().evaluate(async () => (await fetch("/echo")).status)).toBe(200);
  });

  it("stops in the middle of an answer when the PC throws the phone out", async () => {
    await app().evaluate(async () => {
      const reader = (await fetch("/endless")).body?.getReader();
      await reader?.read();
    });
    const phone = node.node.devices.list().find(({ parent }) => parent === undefined);
    await node.node.revoke(phone?.id ?? "").stored;
    await pageHas(app(), "the app was gone", () => location.pathname === "/~ora/boot");
    await shows(home, "revoked");
  });
}
