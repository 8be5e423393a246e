import { afterEach, describe, expect, it } from "vitest";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { systemClock } from "./clock.ts";
import { loadNodeConfig } from "./config.ts";
import { startNodeCore } from "./node-core.ts";
import { memorySecrets } from "./secrets/memory.ts";
import { oddApi } from "./testing/odd-api.ts";
import { OpenChannel, TestDevice } from "./testing/test-device.ts";
import { type NodeLeg, testRelay } from "./testing/test-relay.ts";

const backend = createCryptoBackend();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function setUp() {
  const relay = await testRelay();
  cleanups.push(() => relay.close());
  const api = await oddApi();
  cleanups.push(() => api.close());
  const store = memorySecrets();
  const env = { ORA_RELAY_URL: relay.url.href, ORA_NODE_API_BASE_URL: api.target.origin };
  const start = async () => {
    const node = await startNodeCore({
      config: loadNodeConfig(env, { platform: "linux", home: "/nowhere" }),
      env,
      clock: systemClock,
      backend,
      store,
      machineName: "host",
      event: () => undefined,
    });
    cleanups.push(() => node.stop());
    return { node, leg: await relay.online.next() };
  };
  return { relay, api, start };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

const session = { type: "session_opened", id: "s1", ttl: 60, peer: "192.0.2.7" };
const request = { type: "http_proxy", method: "GET", path: "/x", headers: {}, body_b64: "" };

/** The sessions that the relay was told to end. */
function ended(leg: NodeLeg): string[] {
  return leg.log.flatMap((message) =>
    "type" in message && message.type === "session_revoke" && "id" in message ? [message.id] : [],
  );
}

/** The session and its request are refused, and one that begins now is served. */
async function letsOnlyNewOnesIn(leg: NodeLeg): Promise<void> {
  const already = ended(leg).length;
  leg.send(session);
  leg.send({ ...request, id: "1", session: "s1" });
  await until(() => ended(leg).length > already);
  expect(ended(leg).at(-1)).toBe("s1");
  await until(() => leg.codes.size > 0);
  leg.send({ ...session, id: "new", code: [...leg.codes][0] });
  leg.send({ ...request, id: "2", session: "new" });
  expect(await leg.v1Answers.next()).toMatchObject({ id: "2", status: 200 });
}

describe("throwing everybody out", () => {
  it("holds for plaintext clients when the relay was away", async () => {
    const { start, relay } = await setUp();
    const { node, leg } = await start();
    leg.send(session);
    await until(() => node.plaintext.list().length === 1);
    leg.socket.terminate();
    await until(() => node.plaintext.list().length === 0);
    await node.revokeAll().stored;
    await letsOnlyNewOnesIn(await relay.online.next());
  });

  it("holds for plaintext clients when the relay does not listen, and tells it", async () => {
    const { start } = await setUp();
    const { node, leg } = await start();
    leg.send(session);
    await until(() => node.plaintext.list().length === 1);
    expect(node.revokeAll().sessions.map(({ id }) => id)).toEqual(["s1"]);
    await until(() => ended(leg).length === 1);
    await letsOnlyNewOnesIn(leg);
  });

  it("holds for plaintext clients when the node starts anew, and one client's end does too", async () => {
    const { start } = await setUp();
    const first = await start();
    first.node.revokePlaintext("s2");
    await first.node.stop();
    const second = await start();
    second.leg.send({ ...session, id: "s2" });
    second.leg.send({ ...session, id: "s3" });
    await until(() => second.node.plaintext.list().length === 1);
    await until(() => ended(second.leg).length === 1);
    expect(ended(second.leg)).toEqual(["s2"]);
    await second.node.revokeAll().stored;
    await second.node.stop();
    await letsOnlyNewOnesIn((await start()).leg);
  });

  it("leaves a new plaintext client in when the connection breaks", async () => {
    const { start, relay } = await setUp();
    const { node, leg } = await start();
    await node.revokeAll().stored;
    await letsOnlyNewOnesIn(leg);
    leg.socket.terminate();
    const again = await relay.online.next();
    again.send({ ...session, id: "new" });
    again.send({ ...request, id: "3", session: "new" });
    expect(await again.v1Answers.next()).toMatchObject({ id: "3", status: 200 });
  });
});

describe("a rule that is added", () => {
  it("ends the request of a plaintext client that it forbids, and no other", async () => {
    const { start, api } = await setUp();
    const { node, leg } = await start();
    leg.send(session);
    leg.send({ ...request, id: "1", session: "s1", path: "/silent" });
    await until(() => api.hangs.length === 1);
    await node.rules.add({ effect: "deny", methods: [], prefix: "/other" });
    leg.send({ ...request, id: "2", session: "s1" });
    expect(await leg.v1Answers.next()).toMatchObject({ id: "2", status: 200 });
    await node.rules.add({ effect: "deny", methods: [], prefix: "/silent" });
    expect(await leg.v1Answers.next()).toMatchObject({ id: "1", status: 403 });
    await api.hangs[0]?.closed;
    expect(node.activity.list(2).map(({ outcome }) => outcome)).toEqual(["done", "refused"]);
    expect(node.plaintext.callsUnderWay).toBe(0);
  });

  it("ends an open download that it forbids", async () => {
    const { start, relay } = await setUp();
    const { node } = await start();
    await until(() => node.pairingLink !== undefined);
    const phone = new TestDevice({ relay: relay.url, nodeId: node.nodeId });
    await phone.pair(node.pairingLink ?? "");
    const channel = await phone.session();
    if (!(channel instanceof OpenChannel)) throw new Error("no channel");
    const endless = channel.open({ path: "/endless", end: true });
    await endless.until(() => endless.received > 100_000);
    await node.rules.add({ effect: "deny", methods: [], prefix: "/endless" });
    expect(await channel.closed).toMatchObject({ code: "rehandshake" });
    expect(node.activity.list(1)[0]).toMatchObject({ path: "/endless", outcome: "failed" });
  });
});
