/**
 * Web apps of a device, through a real relay and a real node: how one is let in, what it is told, and its cookies, which
 * rest at the node and behave as in a browser beside the API.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { ConnectArguments, RelaySession } from "#shared/client/relay-client.ts";
import type { HeaderPairs } from "#shared/mux/heads.ts";
import type { ReadableCookie } from "#shared/protocol/v2/app-messages.ts";
import { type Clock, systemClock } from "../../desktop/core/clock.ts";
import { MAX_APPS_PER_DEVICE } from "../../desktop/core/devices/lineage.ts";
import { fileSecrets } from "../../desktop/core/secrets/file.ts";
import type { SecretStore } from "../../desktop/core/secrets/secret-store.ts";
import { readNode } from "../../desktop/tray/node-facts.ts";
import { type CoreNode, startCoreNode } from "../support/core-node.ts";
import { type PairedDevice, pairDevice, sessionIs } from "../support/device.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { until } from "../support/until.ts";
import { serveWebSockets } from "../support/web-sockets.ts";

const atTheEnd = endingsOfEachTest();
let api: Routes;
let relay: RunningRelay;
/** Requests as the API got them. */
let requests: IncomingMessage[];

beforeEach(async () => {
  relay = await startTestRelay();
  atTheEnd(() => relay.close());
  api = await startRoutes(atTheEnd);
  requests = [];
  // Answers with the cookies that came, and sets those that the query names.
  for (const path of ["/", "/shop/cart"]) {
    api.on(path, (request, response) => {
      requests.push(request);
      const wanted = new URL(request.url ?? "", api.origin).searchParams.getAll("set");
      response.writeHead(200, wanted.length > 0 ? { "Set-Cookie": wanted } : {});
      response.end(request.headers.cookie ?? "");
    });
  }
});

interface NodeOptions {
  readonly env?: Record<string, string>;
  readonly store?: SecretStore;
  readonly clock?: Clock;
}

async function startNode(options: NodeOptions = {}): Promise<CoreNode> {
  const core = await startCoreNode({ relay: relay.origin, api: api.origin, ...options });
  atTheEnd(() => core.node.stop());
  return core;
}

async function connected(device: PairedDevice, options?: Partial<ConnectArguments>): Promise<RelaySession> {
  const session = device.connect(options);
  atTheEnd(() => session.close());
  await sessionIs(session, "connected");
  return session;
}

/** A phone and its web app on the node. */
async function phoneWithApp(core: CoreNode) {
  const phone = await pairDevice({ text: await core.link(), relay: relay.origin });
  const phoneSession = await connected(phone);
  const app = await openApp(phoneSession);
  return { phone, phoneSession, app };
}

async function openApp(phone: RelaySession): Promise<PairedDevice> {
  return pairDevice({ text: await phone.grant({ app: true }), relay: relay.origin, name: "Firefox" });
}

async function appSession(options: NodeOptions = {}) {
  const core = await startNode(options);
  const { app, phone, phoneSession } = await phoneWithApp(core);
  return { core, app, phone, phoneSession, session: await connected(app) };
}

/** What the API got as cookies. */
async function cookiesSent(
  session: RelaySession,
  path = "/",
  headerPairs: HeaderPairs = [],
): Promise<string> {
  return (await session.fetch(path, { headerPairs })).text();
}

const set = (...cookies: string[]) =>
  `/?${cookies.map((text) => `set=${encodeURIComponent(text)}`).join("&")}`;
const namesOf = (cookies: readonly ReadableCookie[] | undefined) => cookies?.map(({ name }) => name);

describe("a web app of a device", () => {
  it("is let in without a question, as a part of the device that opened it", async () => {
    const core = await startNode({ env: { ORA_NODE_ASK_BEFORE_PAIRING: "1" } });
    const pairing = core.link().then((text) => pairDevice({ text, relay: relay.origin }));
    await until("the owner was asked", () => core.node.desk.questions.length === 1);
    core.node.desk.decide(core.node.desk.questions[0]?.id ?? 0, true);
    const phone = await pairing;
    const app = await openApp(await connected(phone));
    expect(core.node.desk.questions).toEqual([]);
    expect(core.node.devices.get(app.record.deviceId)).toMatchObject({
      app: true,
      parent: phone.record.deviceId,
      name: "Firefox",
    });
  });

  it("makes its device present, as one", async () => {
    const { core, phone, phoneSession, session } = await appSession();
    const { deviceId } = phone.record;
    expect(readNode(core.node).devices.map(({ id, isConnected }) => [id, isConnected])).toEqual([
      [deviceId, true],
    ]);
    expect(core.events.filter(({ kind }) => kind === "paired").length).toBe(1);
    await phoneSession.fetch("/");
    const before = core.events.length;
    phoneSession.close();
    await session.fetch("/");
    expect(core.node.isConnected(deviceId)).toBe(true);
    session.close();
    await until("nobody was there", () => !core.node.isConnected(deviceId));
    const since = core.events.slice(before).filter(({ kind }) => kind.startsWith("device_"));
    expect(since).toEqual([{ kind: "device_disconnected", device: deviceId }]);
    expect(core.node.activity.list(1)).toMatchObject([{ device: deviceId }]);
    expect(requests.at(-1)?.headers["x-ora-device"]).toBe(deviceId);
  });

  it("lets nobody in, and does not rename itself", async () => {
    const { core, app, session } = await appSession();
    await expect(session.grant()).rejects.toMatchObject({ code: "may_not_let_in" });
    await expect(session.grant({ app: true })).rejects.toMatchObject({ code: "may_not_let_in" });
    session.rename("Your bank");
    await session.fetch("/");
    expect(core.node.devices.get(app.record.deviceId)?.name).toBe("Firefox");
  });

  it("goes with its device, at once", async () => {
    const { core, phone, app, session } = await appSession();
    const { removed } = core.node.revoke(phone.record.deviceId);
    expect(removed.map(({ id }) => id).sort()).toEqual([phone.record.deviceId, app.record.deviceId].sort());
    await sessionIs(session, "revoked");
  });

  it("may be thrown out alone", async () => {
    const { core, app, session, phoneSession } = await appSession();
    core.node.revoke(app.record.deviceId);
    await sessionIs(session, "revoked");
    expect((await phoneSession.fetch("/")).status).toBe(200);
  });

  it("may look alone where its device may look alone", async () => {
    const { core, phone, session } = await appSession();
    await core.node.setReadOnly(phone.record.deviceId, true);
    // Its channels begin anew; what may be sent twice survives that.
    const answer = await session.fetch("/", { method: "DELETE" });
    expect(answer.headers.get("x-ora-refused")).toBe("read_only");
  });

  it("makes room for a ninth when it was not used for longest", async () => {
    const core = await startNode();
    const { phoneSession, app } = await phoneWithApp(core);
    const session = await connected(app);
    const others: string[] = [];
    for (let count = 1; count <= MAX_APPS_PER_DEVICE; count += 1) {
      others.push((await openApp(phoneSession)).record.deviceId);
    }
    await sessionIs(session, "revoked");
    const apps = core.node.devices.list().filter((device) => device.app === true);
    expect(apps.map(({ id }) => id).sort()).toEqual(others.sort());
  });
});

describe("what channels are told", () => {
  it("is what the app is called on the PC, and what the PC can do", async () => {
    const { session } = await appSession();
    await session.fetch("/");
    expect(session.features).toEqual(["api", "apps"]);
    expect(session.apps).toBe(`http://*.localhost:${relay.port}`);
    const { port } = new URL(api.origin);
    expect(session.app).toEqual({
      name: "desk",
      origins: [api.origin, `http://localhost:${port}`, `http://[::1]:${port}`],
      basePath: "",
    });
    expect(session.cookies).toEqual([]);
  });

  it("is nothing of apps for a device that is none", async () => {
    const { phoneSession } = await appSession();
    await phoneSession.fetch("/");
    expect(phoneSession.app).toBeUndefined();
    expect(phoneSession.cookies).toBeUndefined();
  });

  it("is whether the API answers, without a request", async () => {
    const core = await startNode();
    const told: boolean[] = [];
    const phone = await pairDevice({ text: await core.link(), relay: relay.origin });
    const session = await connected(phone, { apiChanged: ({ isUp }) => void told.push(isUp) });
    await until("the API was said to be up", () => session.api?.isUp === true);
    await api.close();
    // Somebody has to notice; here it is a request.
    await expect(session.fetch("/")).rejects.toMatchObject({ code: "unreachable" });
    await until("the API was said to be down", () => session.api?.isUp === false);
    expect(told).toEqual([true, false]);
    expect(Math.abs(Date.now() - (session.api?.since ?? 0))).toBeLessThan(60_000);
  });
});

describe("the cookies of a web app", () => {
  it("rest at the node: an answer brings none, and the next request has them", async () => {
    const { session } = await appSession();
    const answer = await session.fetch(set("sid=secret; HttpOnly; SameSite=Strict", "theme=dark; Path=/"));
    expect(answer.headerPairs.filter(([name]) => /cookie/i.test(name))).toEqual([]);
    // Told before the answer itself.
    expect(session.cookies).toEqual([{ name: "theme", value: "dark", path: "/" }]);
    expect(await cookiesSent(session)).toBe("sid=secret; theme=dark");
    expect(await cookiesSent(session, "/", [["cookie", "sid=forged"]])).toBe("sid=secret; theme=dark");
  });

  it("are told with the answer that changed them, and not again", async () => {
    const core = await startNode();
    const { app } = await phoneWithApp(core);
    const lists: (string[] | undefined)[] = [];
    const session = await connected(app, { cookiesChanged: (list) => void lists.push(namesOf(list)) });
    await session.fetch(set("a=1"));
    expect(lists).toEqual([[], ["a"]]);
    await session.fetch(set("a=1", "hidden=1; HttpOnly"));
    await session.fetch("/");
    expect(lists.length).toBe(2);
    await session.fetch(set("a=; Max-Age=0", "b=2"));
    expect(lists).toEqual([[], ["a"], ["b"]]);
  });

  it("are written by scripts in order with their requests, a hundred times of a hundred", async () => {
    const { session } = await appSession();
    for (let count = 1; count <= 100; count += 1) {
      session.writeCookie(`count=${count}; Path=/`, "/");
      expect(await cookiesSent(session)).toBe(`count=${count}`);
    }
    const all = Array.from({ length: 50 }, async (_, count) => {
      session.writeCookie(`many=${count}; Path=/many/${count}`, "/");
      return session.fetch("/");
    });
    await Promise.all(all);
    await until("every write was confirmed", () => session.cookies?.length === 51);
  });

  it("may be written without end, and the channel stays", async () => {
    const { session } = await appSession();
    await session.fetch("/");
    const { since } = session.state;
    for (let count = 1; count <= 5_000; count += 1) session.writeCookie(`count=${count}; Path=/`, "/");
    await until("the last write had come", async () => (await cookiesSent(session)) === "count=5000");
    expect(session.state).toEqual({ status: "connected", since });
  });

  it("show a script's own write at once, and in the end what the node made of it", async () => {
    const { session } = await appSession();
    await session.fetch(set("sid=secret; HttpOnly; Path=/"));
    session.writeCookie("sid=mine; Path=/", "/");
    session.writeCookie("own=1; HttpOnly", "/");
    session.writeCookie("ok=1", "/shop/cart");
    expect(namesOf(session.cookies)).toEqual(["sid", "ok"]);
    await until("the node had its say", () => namesOf(session.cookies)?.join() === "ok");
    expect(await cookiesSent(session, "/shop/cart")).toBe("ok=1; sid=secret");
  });

  it("are the same in every channel of the app, and another app has its own", async () => {
    const { session: first, app, phoneSession } = await appSession();
    const second = await connected(app);
    const other = await connected(await openApp(phoneSession));
    await first.fetch(set("a=1; Path=/"));
    await until("the other channel heard of it", () => namesOf(second.cookies)?.join() === "a");
    second.writeCookie("b=2; Path=/", "/");
    await until("the first channel heard of it", () => namesOf(first.cookies)?.join() === "a,b");
    expect(await cookiesSent(first)).toBe("a=1; b=2");
    expect(await cookiesSent(second)).toBe("a=1; b=2");
    expect(await cookiesSent(other)).toBe("");
    expect(other.cookies).toEqual([]);
  });

  it("go with a WebSocket's handshake, and come with its answer", async () => {
    const { session } = await appSession();
    const seen: (string | undefined)[] = [];
    api.server.on("upgrade", (request) => seen.push(request.headers.cookie, request.headers.origin));
    const stop = serveWebSockets(api, (socket) => socket.send("hello"), {
      verifyClient: () => true,
    });
    atTheEnd(stop);
    await session.fetch(set("sid=1; HttpOnly"));
    const own: HeaderPairs = [
      ["origin", "https://abc.relay.example"],
      ["sec-fetch-site", "same-origin"],
    ];
    const socket = session.webSocket("/chat", [], own);
    const message = await new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
      socket.onclose = resolve;
    });
    socket.close();
    expect(message).toBe("hello");
    expect(seen).toEqual(["sid=1", api.origin]);
  });

  it("are set by the answer that opens a WebSocket", async () => {
    const { session } = await appSession();
    const stop = serveWebSockets(api, () => undefined, {
      handleProtocols: () => "chat",
      verifyClient: () => true,
    });
    atTheEnd(stop);
    api.server.prependListener("upgrade", (_, socket) => {
      const write = socket.write.bind(socket);
      // The first thing that the server says is its head.
      socket.write = (head: string) => {
        socket.write = write;
        return write(head.replace("\r\n\r\n", "\r\nSet-Cookie: ws=1; Path=/\r\n\r\n"));
      };
    });
    const socket = session.webSocket("/chat", ["chat"]);
    await new Promise((resolve) => {
      socket.onopen = () => resolve("open");
      socket.onclose = resolve;
    });
    expect(socket.protocol).toBe("chat");
    socket.close();
    expect(await cookiesSent(session)).toBe("ws=1");
  });

  it("expire by the node's clock", async () => {
    let ahead = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
    const { session } = await appSession({ clock });
    await session.fetch(set("short=1; Max-Age=60", "long=1; Max-Age=120"));
    expect(session.cookies?.map(({ ttl }) => ttl)).toEqual([60, 120]);
    ahead = 60_000;
    expect(await cookiesSent(session)).toBe("long=1");
  });

  it("stay with the site that they were meant for", async () => {
    const { session } = await appSession();
    await session.fetch(set("strict=1; SameSite=Strict", "lax=1", "open=1; SameSite=None; Secure"));
    const from = (site: string, mode: string): HeaderPairs => [
      ["sec-fetch-site", site],
      ["sec-fetch-mode", mode],
    ];
    expect(await cookiesSent(session, "/", from("same-origin", "cors"))).toBe("strict=1; lax=1; open=1");
    expect(await cookiesSent(session, "/", from("none", "navigate"))).toBe("strict=1; lax=1; open=1");
    expect(await cookiesSent(session, "/", from("cross-site", "navigate"))).toBe("lax=1; open=1");
    expect(await cookiesSent(session, "/", from("cross-site", "no-cors"))).toBe("open=1");
  });

  it("are nothing that the node does for other devices", async () => {
    const { phoneSession } = await appSession();
    const answer = await phoneSession.fetch(set("a=1"));
    expect(answer.headerPairs).toContainEqual(["Set-Cookie", "a=1"]);
    expect(await cookiesSent(phoneSession)).toBe("");
    expect(await cookiesSent(phoneSession, "/", [["cookie", "own=1"]])).toBe("own=1");
  });
});

describe("requests of the app's own pages", () => {
  it("come from the API's own origin, and others from where they come", async () => {
    const { session } = await appSession();
    const page = `https://abc.relay.example`;
    const ask = async (site: string) => {
      await session.fetch("/", {
        method: "POST",
        body: "x",
        headerPairs: [
          ["origin", page],
          ["referer", `${page}/form?x=1`],
          ["sec-fetch-site", site],
        ],
      });
      const { origin, referer } = requests.at(-1)?.headers ?? {};
      return { origin, referer };
    };
    expect(await ask("same-origin")).toEqual({ origin: api.origin, referer: `${api.origin}/form?x=1` });
    expect(await ask("cross-site")).toEqual({ origin: page, referer: `${page}/form?x=1` });
  });
});

describe("a node that starts again", () => {
  it("has the cookies of its web apps, and none of those that were thrown out", async () => {
    const directory = await mkdtemp(join(tmpdir(), "ora-apps-"));
    atTheEnd(() => rm(directory, { recursive: true }));
    const store = await fileSecrets(join(directory, "secrets"));
    const env = { ORA_NODE_STATE_DIR: directory };
    const first = await startCoreNode({ relay: relay.origin, api: api.origin, env, store });
    const { app, phone, phoneSession } = await phoneWithApp(first);
    const session = await connected(app);
    await session.fetch(set("sid=secret; HttpOnly", "a=1; Max-Age=3600"));
    // Used before the first is asked whether it survives.
    const other = await connected(await openApp(phoneSession));
    await other.fetch(set("b=2"));
    await first.node.stop();
    const jars = join(directory, "cookies-file");
    expect((await readdir(jars)).length).toBe(2);

    const again = await startNode({ env, store });
    await again.link();
    // Rather than after a pause that grows with each try.
    session.wake();
    await sessionIs(session, "connected");
    expect(await cookiesSent(session)).toBe("sid=secret; a=1");
    expect(namesOf(session.cookies)).toEqual(["a"]);
    await again.node.revoke(phone.record.deviceId).stored;
    expect(await readdir(jars)).toEqual([]);
  });
});
