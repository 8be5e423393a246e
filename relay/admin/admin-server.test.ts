import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RelayHarness } from "../testing/relay-harness.ts";
import { device, NodeKey, online, opened, opening } from "../testing/v2-endpoints.ts";

let relay: RelayHarness;

const start = async (environment: Record<string, string> = {}) => {
  relay = await RelayHarness.start({ ORA_RELAY_ADMIN_PORT: "0", ...environment });
};
beforeEach(() => start());
afterEach(() => relay.stop());

const get = (path: string) => fetch(`http://127.0.0.1:${relay.adminPort}${path}`);
const statusOf = async (path: string) => (await get(path)).status;

/** The values of the metrics now, by name and labels. */
async function metrics(): Promise<Map<string, number>> {
  const lines = (await (await get("/metrics")).text()).split("\n");
  const samples = lines.flatMap((line) => {
    const [, name, value] = /^(ora_relay_\S+) (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
  return new Map(samples);
}

describe("the admin listener", () => {
  it("is apart from the public one, and off unless asked for", async () => {
    expect((await fetch(`${relay.http}/metrics`)).status).toBe(404);
    expect((await fetch(`${relay.http}/tls-ask?domain=x`)).status).toBe(404);
    await relay.stop();
    relay = await RelayHarness.start();
    expect(relay.adminPort).toBeUndefined();
  });

  it("says that the relay lives, and is ready until it ends", async () => {
    expect([await statusOf("/live"), await statusOf("/ready")]).toEqual([200, 200]);
    const client = await relay.socket("/ws/client", ["ora.v2"]).opened();
    const closing = relay.relay.close();
    expect([await statusOf("/live"), await statusOf("/ready")]).toEqual([200, 503]);
    client.ws.terminate();
    await relay.stop();
    await closing;
    await expect(get("/live")).rejects.toThrow();
  });

  it("says which variable to change when its port is in use", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const taken = RelayHarness.start({ ORA_RELAY_ADMIN_PORT: port });
    await expect(taken).rejects.toMatchObject({
      code: "cannot_listen",
      message: expect.stringContaining("ORA_RELAY_ADMIN_PORT"),
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it("lets a certificate be asked for the relay's name and for apps of nodes that are online, and no other", async () => {
    await relay.stop();
    await start({ ORA_RELAY_PUBLIC_URL: "https://relay.example", ORA_RELAY_APPS: "subdomain" });
    const ask = (domain: string) => statusOf(`/tls-ask?domain=${encodeURIComponent(domain)}`);
    const key = new NodeKey();
    expect(await ask(`${key.id}.relay.example`)).toBe(404);
    const node = await online(relay, key, {}, { host: "relay.example:443" });
    expect(await ask(`${key.id}.relay.example`)).toBe(200);
    expect(await ask("Relay.Example")).toBe(200);
    for (const name of [
      "",
      "example",
      "x.relay.example",
      `x.${key.id}.relay.example`,
      `${key.id}.other.example`,
    ]) {
      expect(await ask(name), name).toBe(404);
    }
    expect(await statusOf("/tls-ask")).toBe(404);
    node.ws.terminate();
  });
});

describe("the metrics", () => {
  it("count nodes, channels, bytes, and what came of opens", async () => {
    const key = new NodeKey();
    const { token, entry } = device("phone");
    await online(relay, key, { sessions: [entry] });
    await relay.offering("v1", "ABCDE-12345");
    const client = await opened(relay, { node_id: key.id, token });
    client.ws.send(Buffer.alloc(1_000, 1));
    const denied = await opening(relay, { node_id: key.id, token: device("x").token });
    await denied.closed;
    await (await opening(relay, { route: "ZZZZ" })).closed;
    await relay.pair("wrong");
    const before = await metrics();
    expect(Object.fromEntries(before)).toMatchObject({
      'ora_relay_nodes{protocol="1"}': 1,
      'ora_relay_nodes{protocol="2"}': 1,
      ora_relay_channels: 1,
      ora_relay_offers: 1,
      'ora_relay_opens_total{via="session",result="opened"}': 1,
      'ora_relay_opens_total{via="session",result="denied"}': 1,
      'ora_relay_opens_total{via="offer",result="unknown_route"}': 1,
      'ora_relay_plaintext_pairings_total{result="403"}': 1,
      ora_relay_draining: 0,
    });
    expect(before.get("ora_relay_sockets")).toBeGreaterThanOrEqual(3);
    expect(before.get('ora_relay_bytes_total{direction="received"}')).toBeGreaterThan(1_000);
    client.ws.close();
    await client.closed;
    let after = await metrics();
    while (after.get("ora_relay_channels") !== 0) after = await metrics();
    // Bytes of sockets that are gone still count.
    for (const direction of ["received", "sent"]) {
      const name = `ora_relay_bytes_total{direction="${direction}"}`;
      expect(after.get(name)).toBeGreaterThanOrEqual(before.get(name) ?? 0);
    }
  });

  it("count what is turned away by reason, and nothing of what a peer wrote is in them", async () => {
    const marks = ["mark-in-path", "mark-in-token", "mark-as-node", "mark-in-code"];
    await expect(relay.socket("/mark-in-path").opened()).rejects.toThrow("404");
    await (await relay.client("mark-in-token")).closed;
    const node = await relay.node("mark-as-node");
    await (await relay.node("mark-as-node")).closed;
    await relay.pair("mark-in-code");
    const text = await (await get("/metrics")).text();
    for (const mark of marks) expect(text).not.toContain(mark);
    const counts = await metrics();
    expect(counts.get('ora_relay_refused_total{reason="upgrade_404"}')).toBe(1);
    expect(counts.get('ora_relay_refused_total{reason="bad_token"}')).toBe(1);
    node.ws.terminate();
  });

  it("have the process beside them", async () => {
    const text = await (await get("/metrics")).text();
    expect(text).toContain("process_resident_memory_bytes");
    expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
  });
});
