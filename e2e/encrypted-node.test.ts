/** The node, a real relay and the client library, together: pairing, requests, revocation, and a relay that restarts. */
import { createHash, randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { createRelayClient } from "#shared/client/relay-client.ts";
import { createCryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { wsSockets } from "../desktop/connect/ws-sockets.ts";
import { systemClock } from "../desktop/core/clock.ts";
import { loadNodeConfig } from "../desktop/core/config.ts";
import { startNodeCore } from "../desktop/core/node-core.ts";
import type { CoreEvent } from "../desktop/core/node-event.ts";
import { memorySecrets } from "../desktop/core/secrets/memory.ts";
import { fakeRelay } from "../desktop/core/testing/fake-relay.ts";
import { oddApi } from "../desktop/core/testing/odd-api.ts";
import { startTestRelay } from "./support/relay.ts";

const backend = createCryptoBackend();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function startNode(relayUrl: string, env: Record<string, string> = {}) {
  const api = await oddApi();
  cleanups.push(() => api.close());
  const all = { ORA_RELAY_URL: relayUrl, ORA_NODE_API_BASE_URL: api.target.origin, ...env };
  const events: CoreEvent[] = [];
  const node = await startNodeCore({
    config: loadNodeConfig(all, { platform: "linux", home: "/nowhere" }),
    env: all,
    clock: systemClock,
    backend,
    store: memorySecrets(),
    machineName: "desk",
    event: (event) => events.push(event),
  });
  cleanups.push(() => node.stop());
  return { node, api, events };
}

async function setUp(relayEnv: Record<string, string> = {}) {
  const relay = await startTestRelay(relayEnv);
  cleanups.push(() => relay.close());
  const set = await startNode(relay.origin);
  await until(() => set.node.pairingLink !== undefined && set.node.offerView.typed !== undefined);
  const client = createRelayClient({ sockets: wsSockets(), backend });
  const pair = async (text: string) => {
    const deviceKey = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
    const pairing = await client.pair(text, { deviceKey, name: "phone", relay: relay.origin });
    const record = await pairing.completed;
    const session = client.connect(record, { deviceKey });
    cleanups.push(() => session.close());
    return { pairing, record, session };
  };
  return { relay, pair, ...set };
}

describe("the node with a real relay and the client library", () => {
  it("pairs by link, and requests go through both ways whole", async () => {
    const { node, pair, events } = await setUp();
    const { pairing, session } = await pair(node.pairingLink ?? "");
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "paired", checkNumber: pairing.checkNumber }),
    );
    const sent = randomBytes(3_000_000);
    const answer = await session.fetch("/hash", { method: "POST", body: sent });
    expect(await answer.text()).toBe(createHash("sha256").update(sent).digest("hex"));
    expect((await session.fetch("/204")).status).toBe(204);
  });

  it("pairs by typed code", async () => {
    const { node, pair } = await setUp();
    const { session } = await pair(node.offerView.typed?.code ?? "");
    expect((await session.fetch("/x")).status).toBe(200);
  });

  it("throws a device out in the middle of a download", async () => {
    const { node, pair } = await setUp();
    const { session, record } = await pair(node.pairingLink ?? "");
    const answer = await session.fetch("/endless");
    const reader = answer.body?.getReader();
    await reader?.read();
    await node.revoke(record.deviceId).stored;
    await expect(
      (async () => {
        while ((await reader?.read())?.done === false);
      })(),
    ).rejects.toThrow();
    await until(() => session.state.status === "revoked");
    expect(session.state).toMatchObject({ problem: { code: "revoked" } });
  });

  it("has every device back after the relay restarted, without pairing", async () => {
    const { node, pair, relay } = await setUp();
    const { session } = await pair(node.pairingLink ?? "");
    expect((await session.fetch("/x")).status).toBe(200);
    await relay.close();
    const again = await startTestRelay({ ORA_RELAY_PORT: String(relay.port) });
    cleanups.push(() => again.close());
    expect((await session.fetch("/x")).status).toBe(200);
  });

  it("serves plaintext clients beside, with a code that is not the typed one", async () => {
    const { node, relay } = await setUp();
    const code = node.offerView.plaintext?.code;
    const redeem = await fetch(`${relay.origin}/api/pair`, {
      method: "POST",
      body: JSON.stringify({ code }),
      headers: { "content-type": "application/json" },
    });
    expect(redeem.status).toBe(200);
    await until(() => node.plaintext.list().length === 1);
    await until(() => node.offerView.plaintext !== undefined && node.offerView.plaintext.code !== code);
  });

  it("burns a typed code that is posted in the clear", async () => {
    const { node, relay, events } = await setUp();
    const code = node.offerView.typed?.code;
    const redeem = await fetch(`${relay.origin}/api/pair`, {
      method: "POST",
      body: JSON.stringify({ code }),
      headers: { "content-type": "application/json" },
    });
    expect(redeem.status).toBe(426);
    await until(() => events.some((event) => event.kind === "code_exposed"));
    await until(() => node.offerView.typed !== undefined && node.offerView.typed.code !== code);
  });
});

describe("a relay of protocol 1", () => {
  it("is spoken to in protocol 1 when plaintext is allowed, with nothing sent before", async () => {
    const relay = await fakeRelay();
    cleanups.push(() => relay.close());
    relay.echoes = true;
    const { events } = await startNode(relay.url.href, { ORA_NODE_ALLOW_PLAINTEXT: "1" });
    // The fake relay echoes whatever subprotocol is offered, and then speaks of something else.
    const first = await relay.connections.next();
    first.send({ type: "ping" });
    await first.closed;
    expect(first.messages.takeAll()).toEqual([]);
    const second = await relay.connections.next();
    expect(second.url).toBe("/ws/node?node_id=node");
    expect(await second.messages.next()).toMatchObject({ type: "pair_offer" });
    expect(events.map(({ kind }) => kind)).toContain("old_relay");
  });

  it("is refused, and named as the reason, when it is not", async () => {
    const relay = await fakeRelay();
    cleanups.push(() => relay.close());
    relay.echoes = true;
    const { node } = await startNode(relay.url.href, { ORA_NODE_ALLOW_PLAINTEXT: "0" });
    const first = await relay.connections.next();
    first.send({ type: "ping" });
    await first.closed;
    await until(() => node.relayState.kind === "waiting");
    expect(node.relayState).toMatchObject({ outage: { code: "relay_too_old" } });
    expect(relay.connections.takeAll()).toEqual([]);
  });
});
