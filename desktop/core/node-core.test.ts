import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { parsePairingLink } from "#shared/protocol/pairing-link.ts";
import { systemClock } from "./clock.ts";
import { loadNodeConfig } from "./config.ts";
import { type NodeCore, startNodeCore } from "./node-core.ts";
import type { CoreEvent } from "./node-event.ts";
import { memorySecrets } from "./secrets/memory.ts";
import type { SecretStore } from "./secrets/secret-store.ts";
import { mailbox } from "./testing/mailbox.ts";
import { oddApi } from "./testing/odd-api.ts";
import { OpenChannel, TestDevice } from "./testing/test-device.ts";
import { type NodeLeg, type TestRelayOptions, testRelay } from "./testing/test-relay.ts";

const backend = createCryptoBackend();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Setup {
  relay?: TestRelayOptions;
  env?: Record<string, string>;
  store?: SecretStore;
}

async function setUp(options: Setup = {}) {
  const relay = await testRelay(options.relay ?? {});
  cleanups.push(() => {
    expect(relay.violations).toEqual([]);
    return relay.close();
  });
  const api = await oddApi();
  cleanups.push(() => api.close());
  const store = options.store ?? memorySecrets();
  const events: CoreEvent[] = [];
  const news = mailbox<CoreEvent>();
  const env = {
    ORA_RELAY_URL: relay.url.href,
    ORA_NODE_API_BASE_URL: api.target.origin,
    ORA_NODE_NAME: "desk",
    ...options.env,
  };
  const start = async () => {
    const node = await startNodeCore({
      config: loadNodeConfig(env, { platform: "linux", home: "/nowhere" }),
      env,
      clock: systemClock,
      backend,
      store,
      machineName: "host",
      event: (event) => {
        events.push(event);
        news.put(event);
      },
    });
    cleanups.push(() => node.stop());
    return node;
  };
  const node = await start();
  const leg = await relay.online.next();
  await until(() => node.pairingLink !== undefined);
  const device = (name?: string) =>
    new TestDevice({ relay: relay.url, nodeId: node.nodeId, ...(name !== undefined && { name }) });
  return { relay, api, node, leg, store, events, news, device, start };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

function must(channel: unknown): OpenChannel {
  if (!(channel instanceof OpenChannel)) throw new Error(`no channel: ${JSON.stringify(channel)}`);
  return channel;
}

async function nextRoute(node: NodeCore, used: string | undefined): Promise<void> {
  await until(() => node.offerView.link !== undefined && node.offerView.link.route !== used);
}

describe("a node at a relay", () => {
  it("says nothing before welcome, proves its key for this relay, and registers everything", async () => {
    const { leg, node, relay } = await setUp();
    expect(leg.log.map((message) => ("type" in message ? message.type : "frame"))).toEqual([
      "node_hello",
      "node_auth",
      "register",
    ]);
    expect(leg.nodeId).toBe(node.nodeId);
    expect(leg.proof).toMatchObject({ host: relay.url.host, agent: expect.stringMatching(/^ora\//) });
    expect(leg.registered?.offers.map(({ route }) => route.length)).toEqual([16, 4]);
  });

  it("shows links that lead to the relay where it stands, base path included", async () => {
    const { node, leg, relay } = await setUp();
    expect(parsePairingLink(node.pairingLink ?? "")?.relayUrl).toBe(relay.url.origin.replace("ws", "http"));
    const isPublic = await setUp({ env: { ORA_RELAY_PUBLIC_URL: "https://example.org/relay" } });
    expect(isPublic.node.pairingLink).toMatch(/^https:\/\/example\.org\/relay\/#P2\./);
    expect(isPublic.leg.nodeId).not.toBe(leg.nodeId);
  });

  it("shows no link to where the relay says it is, and tells once that it says so", async () => {
    const hostile = await setUp({ relay: { publicUrl: "https://evil.example" } });
    const told = () => hostile.events.filter(({ kind }) => kind === "relay_named_otherwise");
    const own = hostile.relay.url.origin.replace("ws", "http");
    expect(parsePairingLink(hostile.node.pairingLink ?? "")?.relayUrl).toBe(own);
    hostile.leg.socket.close(1012);
    await hostile.relay.online.next();
    expect(told()).toEqual([{ kind: "relay_named_otherwise", url: "https://evil.example" }]);
    expect(hostile.node.relayOrigin).toBe(own);

    const env = { ORA_RELAY_PUBLIC_URL: "https://evil.example" };
    const meant = await setUp({ relay: { publicUrl: "https://evil.example" }, env });
    expect(meant.events.some(({ kind }) => kind === "relay_named_otherwise")).toBe(false);
  });

  it("takes a relay that gives any public address, also an unusable one, for public", async () => {
    const { node, leg } = await setUp({ relay: { publicUrl: "javascript:alert(1)" } });
    expect(node.allowsPlaintext).toBe(false);
    expect(leg.registered?.codes).toEqual([]);
  });

  it("keeps its identity and its epoch rises over reconnects", async () => {
    const { leg, relay, node } = await setUp();
    leg.socket.close(1012);
    const again = await relay.online.next();
    expect(again.nodeId).toBe(node.nodeId);
    expect(again.proof?.epoch).toBeGreaterThan(leg.proof?.epoch ?? Number.POSITIVE_INFINITY);
  });

  it("sends zero bytes to an old relay that echoes the subprotocol", async () => {
    const relay = await testRelay({ firstWord: '{"type":"ping"}' });
    cleanups.push(() => relay.close());
    const env = { ORA_RELAY_URL: relay.url.href, ORA_NODE_ALLOW_PLAINTEXT: "0" };
    const states: CoreEvent[] = [];
    const node = await startNodeCore({
      config: loadNodeConfig(env, { platform: "linux", home: "/nowhere" }),
      env,
      clock: systemClock,
      backend,
      store: memorySecrets(),
      machineName: "host",
      event: (event) => states.push(event),
    });
    cleanups.push(() => node.stop());
    const leg = await relay.legs.next();
    await leg.closed;
    expect(leg.bytesReceived).toBe(0);
    await until(() => node.relayState.kind === "waiting");
    expect(node.relayState).toMatchObject({ outage: { code: "relay_too_old" } });
  });

  it("waits a minute when its identity is in use elsewhere", async () => {
    const { leg, node } = await setUp();
    leg.socket.close(4409);
    await until(() => node.relayState.kind === "waiting");
    const state = node.relayState;
    if (state.kind !== "waiting") throw new Error(state.kind);
    expect(state.outage.code).toBe("id_in_use");
    expect(state.until - Date.now()).toBeGreaterThan(55_000);
  });

  it("takes another route when one is taken", async () => {
    let refusals = 0;
    const { node, leg } = await setUp({
      relay: { refuseRoute: (route) => (route.length === 4 && refusals++ < 3 ? "route_taken" : undefined) },
    });
    await until(() => node.offerView.typed !== undefined);
    expect(refusals).toBe(4);
    expect(leg.routes).toContain(node.offerView.typed?.code.slice(0, 4));
  });

  it("sends its enrolment key under its proof to a relay on this machine", async () => {
    const { leg } = await setUp({ env: { ORA_RELAY_ENROLL_KEY: "let me in, please" } });
    expect(leg.proof?.enroll).toBe("let me in, please");
    expect(JSON.stringify(leg.log)).not.toContain("let me in, please");
  });
});

describe("pairing", () => {
  it("by link lets a device in, shows the same check number on both sides, and works at once", async () => {
    const { node, device, api, events, leg } = await setUp();
    const phone = device("Ann's phone");
    const link = node.pairingLink ?? "";
    const channel = await phone.pair(link);
    expect(channel.answer).toMatchObject({ node_name: "desk", device: phone.id, features: ["api", "apps"] });
    const paired = events.find((event) => event.kind === "paired");
    expect(paired).toMatchObject({
      checkNumber: channel.checkNumber,
      device: { name: "Ann's phone", id: phone.id },
    });
    expect(leg.sessions.size).toBe(1);
    expect((await channel.ask({ path: "/x" })).body.toString()).toBe("GET /x");
    const session = await phone.connect();
    expect((await session.ask({ path: "/y" })).body.toString()).toBe("GET /y");
    expect(api.seen.map(({ headers }) => headers[headers.indexOf("X-ORA-Device") + 1])).toEqual([
      phone.id,
      phone.id,
    ]);
    expect(events.filter((event) => event.kind === "device_connected")).toHaveLength(1);
  });

  it("by typed code works too, once", async () => {
    const { node, device } = await setUp();
    const code = node.offerView.typed?.code ?? "";
    await device().pair(code.toLowerCase().replace("-", " "));
    expect(await device().pairByCode(code)).toMatchObject({ ok: false });
    expect(node.devices.list()).toHaveLength(1);
  });

  it("shows a fresh link at once, and the used one is worth nothing", async () => {
    const { node, device } = await setUp();
    const link = node.pairingLink ?? "";
    await device().pair(link);
    await nextRoute(node, parsePairingLink(link)?.route);
    expect(await device().pairByLink(link)).toMatchObject({ ok: false });
    await device().pair(node.pairingLink ?? "");
  });

  it("stores nothing before pair_confirm", async () => {
    const { node, device, store, leg } = await setUp();
    const channel = must(await device().pairByLink(node.pairingLink ?? ""));
    channel.muxer.sendControl({ type: "hello", features: [] });
    expect((await channel.ask({ path: "/x" })).reset?.code).toBe("refused");
    expect(node.devices.list()).toEqual([]);
    expect(await store.list()).toEqual(["node_key"]);
    expect(leg.sessions.size).toBe(0);
    channel.muxer.close("bye");
    await new Promise((resolve) => setImmediate(resolve));
    expect(await store.list()).toEqual(["node_key"]);
  });

  it("by a wrong code uses the code up, tells the owner, and stops after three until he asks", async () => {
    const { node, device, events } = await setUp();
    for (let guess = 1; guess <= 3; guess++) {
      await until(() => node.offerView.typed !== undefined);
      const code = node.offerView.typed?.code ?? "";
      const wrong = code.slice(0, 5) + (code.endsWith("0000") ? "1111" : "0000");
      expect(await device().pairByCode(wrong)).toMatchObject({ ok: false });
      await until(() => node.offerView.typed?.code !== code);
      expect(await device().pairByCode(code)).toMatchObject({ ok: false });
    }
    await until(() => events.filter((event) => event.kind === "wrong_code").length === 3);
    expect(node.offerView).toMatchObject({ typedIsPaused: true });
    expect(node.offerView.typed).toBeUndefined();
    expect(node.offerView.link).toBeDefined();
    node.newCode();
    await until(() => node.offerView.typed !== undefined);
    await device().pair(node.offerView.typed?.code ?? "");
  });

  it("by a hostile relay that guesses without end gets three guesses", async () => {
    const { node, relay, events } = await setUp();
    const seen = new Set<string>();
    const tries: Promise<unknown>[] = [];
    for (let times = 0; times < 200; times++) {
      const code = node.offerView.typed?.code;
      if (code !== undefined && !seen.has(code)) {
        seen.add(code);
        const guess = code.slice(0, 5) + (code.endsWith("0000") ? "1111" : "0000");
        tries.push(new TestDevice({ relay: relay.url, nodeId: node.nodeId }).pairByCode(guess));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(tries);
    await until(() => events.filter((event) => event.kind === "wrong_code").length >= 3);
    expect(seen.size).toBe(3);
    expect(node.offerView.typedIsPaused).toBe(true);
  });

  it("of two clients racing for one link lets one in", async () => {
    const { node, device } = await setUp();
    const link = node.pairingLink ?? "";
    const racers = await Promise.all([device(), device(), device()].map((racer) => racer.pairByLink(link)));
    expect(racers.filter((racer) => racer instanceof OpenChannel)).toHaveLength(1);
  });

  it("burns a typed code that was shown to the relay", async () => {
    const { node, device, leg, events } = await setUp();
    const code = node.offerView.typed?.code ?? "";
    leg.send({ type: "offer_exposed", route: code.slice(0, 4) });
    await until(() => events.some((event) => event.kind === "code_exposed"));
    expect(await device().pairByCode(code)).toMatchObject({ ok: false });
    await until(() => node.offerView.typed !== undefined);
    expect(node.offerView.typed?.code).not.toBe(code);
  });

  it("tells a relay's claims about codes seldom, and only of codes that were on offer", async () => {
    const { node, leg, events } = await setUp();
    const told = () => events.filter((event) => event.kind === "code_exposed");
    leg.send({ type: "offer_exposed", route: node.offerView.link?.route ?? "" });
    let shown: string | undefined;
    for (let times = 0; times < 4; times++) {
      await until(() => node.offerView.typed !== undefined && node.offerView.typed.code !== shown);
      shown = node.offerView.typed?.code;
      leg.send({ type: "offer_exposed", route: shown?.slice(0, 4) });
    }
    await until(() => node.offerView.typed === undefined);
    expect(told()).toEqual([{ kind: "code_exposed", count: 1 }]);
  });

  it("asks the owner when he wants to be asked, and takes no for an answer", async () => {
    const { node, device, news, store } = await setUp({ env: { ORA_NODE_ASK_BEFORE_PAIRING: "1" } });
    const question = async () => {
      for (;;) {
        const event = await news.next();
        if (event.kind === "question") return event.question;
      }
    };
    const refused = device("stranger\u202e");
    const first = must(await refused.pairByLink(node.pairingLink ?? ""));
    first.muxer.sendControl({ type: "pair_confirm" });
    const asked = await question();
    expect(asked).toMatchObject({
      name: "stranger",
      client: "test/1",
      checkNumber: first.checkNumber,
      via: "link",
    });
    expect(node.devices.list()).toEqual([]);
    expect(node.desk.decide(asked.id, false)).toBe(true);
    expect(node.desk.decide(asked.id, true)).toBe(false);
    expect(await first.closed).toMatchObject({ code: "denied", by: "peer" });
    expect(await store.list()).toEqual(["node_key"]);

    await until(() => node.pairingLink !== undefined);
    const pairing = device().pair(node.pairingLink ?? "");
    node.desk.decide((await question()).id, true);
    await pairing;
    expect(node.devices.list()).toHaveLength(1);
  });

  it("asks no more when the client has left", async () => {
    const { node, device, news } = await setUp({ env: { ORA_NODE_ASK_BEFORE_PAIRING: "1" } });
    const channel = must(await device().pairByLink(node.pairingLink ?? ""));
    channel.muxer.sendControl({ type: "pair_confirm" });
    await until(() => node.desk.questions.length === 1);
    channel.muxer.close("bye");
    await until(() => node.desk.questions.length === 0);
    expect(news.takeAll().map((event) => event.kind)).toContain("question_closed");
    expect(node.devices.list()).toEqual([]);
  });

  it("of a child goes by its parent, and ends with it", async () => {
    const { node, device } = await setUp({ env: { ORA_NODE_ASK_BEFORE_PAIRING: "0" } });
    const phone = device();
    const channel = await phone.pair(node.pairingLink ?? "");
    channel.muxer.sendControl({ type: "grant", id: 7 });
    const granted = await channel.controls.next();
    expect(granted).toMatchObject({ type: "grant", id: 7, ttl: expect.any(Number) });
    const { route, secret } = granted as unknown as { route: string; secret: string };
    const { formatPairingLink } = await import("#shared/protocol/pairing-link.ts");
    const link = formatPairingLink("https://relay.example", {
      route,
      nodeId: node.nodeId,
      secret: Buffer.from(secret, "base64url"),
    });
    const app = device("app");
    const appChannel = await app.pair(link);
    expect(node.devices.get(app.id)?.parent).toBe(phone.id);
    await node.setReadOnly(phone.id, true);
    // What was open under the old rules ends, also where it is not the device itself that they changed for.
    expect(await appChannel.closed).toMatchObject({ code: "rehandshake" });
    const again = await app.connect();
    expect(await again.ask({ method: "POST", path: "/echo" }, "x")).toMatchObject({ status: 403 });
    await node.revoke(phone.id).stored;
    expect(await again.closed).toMatchObject({ code: "revoked" });
    expect(node.devices.list()).toEqual([]);
  });
});

describe("sessions", () => {
  async function pairedPhone(options: Setup = {}) {
    const set = await setUp(options);
    const phone = set.device();
    (await phone.pair(set.node.pairingLink ?? "")).muxer.close("bye");
    return { ...set, phone };
  }

  it("survive a relay that forgets everything, without pairing", async () => {
    const { phone, relay, leg } = await pairedPhone();
    leg.socket.terminate();
    const again = await relay.online.next();
    expect(again.sessions.size).toBe(1);
    const session = await phone.connect();
    expect((await session.ask({ path: "/x" })).status).toBe(200);
  });

  it("of a device unused for too long wait while this clock and the relay's do not agree", async () => {
    const relay = { now: 1_000_000_000 };
    const { node, news, phone, store } = await pairedPhone({ relay });
    expect(news.takeAll()).toContainEqual({ kind: "clock_doubtful", aheadMs: expect.any(Number) });
    const item = `device-${phone.id}`;
    const record = JSON.parse((await store.get(item)) ?? "");
    await node.stop();
    await store.set(item, JSON.stringify({ ...record, created: 1, last_seen: 1 }));
    const again = await setUp({ relay, store });
    const late = new TestDevice({ relay: again.relay.url, nodeId: again.node.nodeId });
    Object.assign(late, { key: phone.key, routeToken: phone.routeToken });
    expect(await must(await late.connect()).closed).toMatchObject({ code: "busy" });
    expect(again.node.devices.list()).toHaveLength(1);
  });

  it("survive a restart of the node", async () => {
    const { phone, node, start, relay } = await pairedPhone();
    await node.stop();
    const again = await start();
    await relay.online.next();
    expect(again.nodeId).toBe(node.nodeId);
    expect((await (await phone.connect()).ask({ path: "/x" })).status).toBe(200);
  });

  it("of a device that is not known complete the handshake and then say denied", async () => {
    const { phone, relay, node } = await pairedPhone();
    const stranger = new TestDevice({ relay: relay.url, nodeId: node.nodeId });
    stranger.routeToken = phone.routeToken;
    const channel = must(await stranger.session());
    expect(await channel.closed).toMatchObject({ code: "denied", by: "peer" });
  });

  it("change nothing by a first message alone, whatever the relay says about it", async () => {
    const { phone, node, leg, events } = await pairedPhone();
    const before = node.devices.get(phone.id);
    await until(() => !node.isConnected(phone.id));
    const already = events.filter((event) => event.kind === "device_connected").length;
    await new Promise((resolve) => setTimeout(resolve, 2));
    const session = await phone.session();
    expect(session).toBeInstanceOf(OpenChannel);
    // The handshake is through, and no record has come.
    expect(node.isConnected(phone.id)).toBe(false);
    expect(node.devices.get(phone.id)).toEqual(before);
    expect(events.filter((event) => event.kind === "device_connected")).toHaveLength(already);
    must(session).muxer.sendControl({ type: "hello", features: [] });
    await until(() => node.isConnected(phone.id));
    expect(node.devices.get(phone.id)?.lastSeen).toBeGreaterThan(before?.lastSeen ?? 0);
    expect(leg.isOnline).toBe(true);
  });

  it("end when a relay replays, drops, reorders or invents frames, and the node goes on", async () => {
    const { phone, relay, node } = await pairedPhone();
    const leg = relay.current as NodeLeg;
    for (const attack of ["replay", "junk", "truncate", "reflect"] as const) {
      const session = await phone.connect();
      expect((await session.ask({ path: "/x" })).status).toBe(200);
      const [channel = 0, client] = [...leg.clients].at(-1) ?? [];
      const frames = leg.log.filter((item): item is Buffer => Buffer.isBuffer(item));
      const last = frames.at(-1)?.subarray(4) ?? Buffer.alloc(0);
      if (attack === "junk") leg.sendFrame(channel, randomBytes(100));
      else if (attack === "truncate") leg.sendFrame(channel, Buffer.from([0x10]));
      else if (attack === "reflect") leg.sendFrame(channel, last);
      else leg.sendFrame(channel, Buffer.from([0x01, 1, 2, 3]));
      expect(client).toBeDefined();
      expect((await session.closed).by).toBe("link");
    }
    expect((await (await phone.connect()).ask({ path: "/x" })).status).toBe(200);
    expect(node.devices.list()).toHaveLength(1);
  });

  it("of one device are bounded: an idle one makes room", async () => {
    const { phone, node } = await pairedPhone();
    const sessions = [];
    for (let count = 0; count < 16; count++) sessions.push(await phone.connect());
    await until(() => node.isConnected(phone.id));
    const busy = await Promise.all(
      sessions.map(async (session) => (await session.ask({ path: "/x" })).status),
    );
    expect(new Set(busy)).toEqual(new Set([200]));
    const more = await phone.connect();
    expect((await more.ask({ path: "/x" })).status).toBe(200);
    expect((await Promise.race(sessions.map((session) => session.closed))).code).toBe("busy");
  });

  it("are refused while the owner's rules say so, per device", async () => {
    const { phone, node } = await pairedPhone();
    await node.rules.add({ effect: "deny", methods: [], prefix: "/admin", device: phone.id });
    const session = await phone.connect();
    expect((await session.ask({ path: "/admin/x" })).status).toBe(403);
    expect((await session.ask({ path: "/public" })).status).toBe(200);
    expect(node.activity.list(2).map(({ path, outcome }) => [path, outcome])).toEqual([
      ["/public", "done"],
      ["/admin/x", "refused"],
    ]);
  });
});

describe("revoking", () => {
  async function download(options: Setup = {}) {
    const set = await setUp(options);
    const phone = set.device();
    (await phone.pair(set.node.pairingLink ?? "")).muxer.close("bye");
    const session = await phone.connect();
    const endless = session.open({ path: "/endless", end: true });
    await endless.until(() => endless.received > 1_000_000);
    return { ...set, phone, session, endless };
  }

  it("ends an open download at once, with the node's own word, and the device is out for good", async () => {
    const { node, phone, session, endless, leg, store, events } = await download();
    await node.devices.rename(phone.id, "Laptop Zwei");
    const before = events.length;
    const { removed, stored } = node.revoke(phone.id);
    expect(removed.map(({ id }) => id)).toEqual([phone.id]);
    await stored;
    expect((await endless.done).reset?.code).toBe("denied");
    expect(await session.closed).toMatchObject({ code: "revoked", by: "peer" });
    expect(events.slice(before).filter(({ kind }) => kind.startsWith("device_"))).toEqual([
      { kind: "device_revoked", device: expect.objectContaining({ id: phone.id, name: "Laptop Zwei" }) },
      { kind: "device_disconnected", device: phone.id },
    ]);
    expect(await store.list()).toEqual(["node_key"]);
    await until(() => leg.sessions.size === 0);
    expect(await phone.session()).toMatchObject({ ok: false, close: { code: 4403 } });
  });

  it("works against a relay that does not listen: nothing more is sent, and the key gets in nowhere", async () => {
    const { node, phone, session, relay, leg } = await download();
    relay.acts = false;
    await node.revoke(phone.id).stored;
    await session.closed;
    const sentBy = () => leg.log.filter((item) => Buffer.isBuffer(item)).length;
    const after = sentBy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sentBy()).toBe(after);
    const again = must(await phone.session());
    expect(await again.closed).toMatchObject({ code: "denied" });
  });

  it("everything ends every session", async () => {
    const { node, session } = await download();
    await node.revokeAll().stored;
    expect(await session.closed).toMatchObject({ code: "revoked" });
    expect(node.devices.list()).toEqual([]);
  });
});

describe("plaintext clients", () => {
  const request = {
    type: "http_proxy",
    id: "1",
    session: "s1",
    method: "GET",
    path: "/x",
    headers: {},
    body_b64: "",
  };

  it("are dropped unread where they are not allowed, whatever the relay says", async () => {
    const { leg, node, api, events } = await setUp({ relay: { publicUrl: "https://relay.example" } });
    expect(node.allowsPlaintext).toBe(false);
    expect(leg.registered?.codes).toEqual([]);
    leg.send({ type: "session_opened", id: "s1", ttl: 60, peer: "1.2.3.4" });
    for (let times = 0; times < 5; times++) leg.send(request);
    await until(() => events.some((event) => event.kind === "plaintext_dropped"));
    await until(() => leg.log.some((message) => "type" in message && message.type === "session_revoke"));
    expect(api.seen).toEqual([]);
    expect(leg.v1Answers.takeAll()).toEqual([]);
    expect(events.filter((event) => event.kind === "plaintext_dropped")).toHaveLength(1);
    expect(node.plaintext.list()).toEqual([]);
  });

  it("are served on a relay of this machine alone, with a code of their own, under the owner's rules", async () => {
    const { leg, node, api } = await setUp();
    expect(node.allowsPlaintext).toBe(true);
    expect(node.offerView.plaintext?.code).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    leg.send({ type: "session_opened", id: "s1", ttl: 60, peer: "1.2.3.4" });
    leg.send(request);
    expect(await leg.v1Answers.next()).toMatchObject({ id: "1", status: 200 });
    expect(api.seen).toHaveLength(1);
    expect(node.plaintext.list()).toMatchObject([{ id: "s1", peer: "1.2.3.4" }]);
    await node.rules.add({ effect: "deny", methods: [], prefix: "/x", device: "plaintext" });
    leg.send(request);
    expect(await leg.v1Answers.next()).toMatchObject({ id: "1", status: 403 });
    expect(node.activity.list(1)[0]).toMatchObject({ device: "plaintext:s1", outcome: "refused" });
  });

  it("are cut off by the node when they are revoked, though the relay goes on", async () => {
    const { leg, node, api } = await setUp();
    leg.send({ type: "session_opened", id: "s1", ttl: 60, peer: "1.2.3.4" });
    leg.send({ ...request, path: "/silent" });
    await until(() => api.hangs.length === 1);
    expect(node.revokePlaintext("s1")).toBe(true);
    await api.hangs[0]?.closed;
    leg.send(request);
    leg.send({ ...request, id: "2", session: "s2" });
    expect(await leg.v1Answers.next()).toMatchObject({ id: "2" });
    expect(api.seen.map(({ url }) => url)).toEqual(["/silent", "/x"]);
  });

  it("get another code when theirs was used", async () => {
    const { leg, node } = await setUp();
    const before = node.offerView.plaintext?.code;
    const [code] = leg.codes;
    leg.send({ type: "session_opened", id: "s1", ttl: 60, peer: "", code });
    await until(() => node.offerView.plaintext !== undefined && node.offerView.plaintext.code !== before);
  });
});

describe("a relay that talks nonsense", () => {
  it("does not end the node, nor get anything", async () => {
    const { leg, node, relay } = await setUp();
    const nonsense = [
      "",
      "null",
      "[]",
      "{}",
      '{"type":7}',
      '{"type":"channel_open"}',
      '{"type":"channel_open","channel":0,"via":"session","device":"x"}',
      '{"type":"channel_closed","channel":99}',
      '{"type":"registered","rejected":[{"route":"AAAA","error":"x"}]}',
      '{"type":"node_challenge","noise":"AAAA"}',
      '{"type":"node_ready"}',
      '{"type":"welcome","v":2,"limits":{}}',
      '{"type":"session_closed","id":"?"}',
      '{"type":"offer_exposed","route":"0000"}',
      `{"type":"error","code":"${"x".repeat(10_000)}"}`,
      `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    ];
    for (const text of nonsense) leg.socket.send(text);
    for (const bytes of [[], [0], [0, 0, 0, 1], [0, 0, 0, 1, 1], [255, 255, 255, 255, 16]]) {
      leg.socket.send(Buffer.from(bytes));
    }
    leg.socket.send(Buffer.alloc(60_000, 1));
    await new Promise((resolve) => leg.socket.once("pong", resolve).ping());
    const phone = new TestDevice({ relay: relay.url, nodeId: node.nodeId });
    const channel = await phone.pair(node.pairingLink ?? "");
    expect((await channel.ask({ path: "/x" })).status).toBe(200);
    expect(node.relayState.kind).toBe("connected");
  });
});
