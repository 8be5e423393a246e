/** What an internet port sees that speaks to nobody in particular: too many, half said, or another protocol. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { RelayHarness } from "./testing/relay-harness.ts";
import { device, NodeKey, online, opened, opening } from "./testing/v2-endpoints.ts";

const PROXIED = { ORA_RELAY_TRUST_PROXY: "1" };
const REQUEST_TIMEOUT_MS = 100;
const LOOK_MS = 10;
const LOOKS = 2_000;

let relay: RelayHarness;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await relay.stop();
});

const from = (address: string) => ({ headers: { "x-forwarded-for": address } });

const refused = async () => (await relay.relay.state.metrics.text()).match(/^ora_relay_refused_total.*$/gm);

/** Everything that is answered to `bytes` until the relay ends the connection. */
async function answerTo(bytes: string | Uint8Array): Promise<string> {
  const socket = connect(relay.port, "127.0.0.1");
  sockets.push(socket);
  socket.on("error", () => undefined);
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
  });
  if (bytes.length > 0) socket.write(bytes);
  await once(socket, "close");
  return answer;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; !(await condition()); looks += 1) {
    if (looks > LOOKS) throw new Error("it does not come to it");
    await pause(LOOK_MS);
  }
}

describe("sockets of one address", () => {
  it("may be so many; one more is refused until one goes, and others come in", async () => {
    relay = await RelayHarness.start({ ...PROXIED, ORA_RELAY_MAX_SOCKETS_PER_ADDRESS: "2" });
    const first = await relay.node("a", from("192.0.2.1"));
    await relay.node("b", from("192.0.2.1"));
    await expect(relay.node("c", from("192.0.2.1"))).rejects.toThrow("429");
    await relay.node("d", from("192.0.2.2"));
    await first.end();
    await relay.node("e", from("192.0.2.1"));
    expect(await refused()).toEqual(['ora_relay_refused_total{reason="sockets_per_address"} 1']);
  });

  it("are not counted for this machine, nor where the owner wants no limit", async () => {
    relay = await RelayHarness.start({ ORA_RELAY_MAX_SOCKETS_PER_ADDRESS: "1" });
    for (const name of ["a", "b", "c"]) await relay.node(name);
    await relay.stop();
    relay = await RelayHarness.start({ ...PROXIED, ORA_RELAY_MAX_SOCKETS_PER_ADDRESS: "0" });
    for (const name of ["a", "b", "c"]) await relay.node(name, from("192.0.2.1"));
  });
});

describe("upgrades of one address", () => {
  it("may be so many in a minute, wherever they lead", async () => {
    relay = await RelayHarness.start(PROXIED, { upgradesPerMinute: 3 });
    await relay.node("a", from("192.0.2.1"));
    await expect(relay.socket("/nowhere", [], from("192.0.2.1")).opened()).rejects.toThrow("404");
    await relay.node("b", from("192.0.2.1"));
    await expect(relay.node("c", from("192.0.2.1"))).rejects.toThrow("429");
    await relay.node("c", from("192.0.2.2"));
    relay.clock.advance(60_000);
    await relay.node("d", from("192.0.2.1"));
    expect(await refused()).toContain('ora_relay_refused_total{reason="upgrades_per_address"} 1');
  });
});

describe("channels that are opened at one node", () => {
  it("may be so many at once; more have to wait, and another node's do not", async () => {
    relay = await RelayHarness.start({}, { nodeOpensBurst: 2 });
    const [phone, other] = [device("phone"), device("other")];
    const [busy, quiet] = [new NodeKey(), new NodeKey()];
    await online(relay, busy, { sessions: [phone.entry] });
    await online(relay, quiet, { sessions: [other.entry] });
    const toBusy = { node_id: busy.id, token: phone.token };
    for (let i = 0; i < 2; i += 1) await opened(relay, toBusy);
    const third = await opening(relay, toBusy);
    expect(await third.next()).toEqual({ type: "error", code: "too_many_channels" });
    await opened(relay, { node_id: quiet.id, token: other.token });
    relay.clock.advance(1_000);
    await opened(relay, toBusy);
  });
});

describe("bytes a second", () => {
  const FRAME_BYTES = 50_000;
  const frame = (value: number) => Buffer.alloc(FRAME_BYTES, value);

  async function pair(options: { environment: Record<string, string>; address?: string }) {
    relay = await RelayHarness.start({ ...PROXIED, ...options.environment });
    const [key, phone] = [new NodeKey(), device("phone")];
    const node = await online(relay, key, { sessions: [phone.entry] });
    const client = await opened(
      relay,
      { node_id: key.id, token: phone.token },
      from(options.address ?? "192.0.2.1"),
    );
    const { channel } = await node.next();
    return { node, client, channel };
  }

  /** Two others reach each other meanwhile. */
  async function othersPass(): Promise<void> {
    const node = await relay.offering("other", "deadbeef");
    const client = await relay.client(await relay.token("deadbeef"), from("192.0.2.9"));
    client.send({ type: "http_proxy", id: "1", body_b64: "A".repeat(FRAME_BYTES) });
    expect(await node.next()).toMatchObject({ id: "1" });
  }

  it.each([
    { of: "node", environment: { ORA_RELAY_MAX_NODE_BYTES_PER_SEC: String(2 * FRAME_BYTES) } },
    { of: "address", environment: { ORA_RELAY_MAX_ADDRESS_BYTES_PER_SEC: String(2 * FRAME_BYTES) } },
  ])("of one $of may be so many; more wait, and nothing is lost or cut", async ({ of, environment }) => {
    const { node, client } = await pair({ environment });
    const heldBack = async () =>
      Number(
        new RegExp(`^ora_relay_held_back_total\\{of="${of}"\\} (\\d+)$`, "m").exec(
          await relay.relay.state.metrics.text(),
        )?.[1] ?? 0,
      );
    // What was said before took a little of the first second.
    relay.clock.advance(1_000);
    client.send(frame(1));
    expect((await node.nextBinary()).at(-1)).toBe(1);
    expect(await heldBack()).toBe(0);
    for (const value of [2, 3, 4, 5]) client.send(frame(value));
    expect((await node.nextBinary()).at(-1)).toBe(2);
    await until(async () => (await heldBack()) > 0);
    await othersPass();
    for (const value of [3, 4, 5]) {
      await until(() => {
        if (node.unread === 0) relay.clock.advance(50);
        return node.unread > 0;
      });
      expect((await node.nextBinary()).subarray(4).equals(frame(value))).toBe(true);
    }
    expect([client.ws.readyState, node.ws.readyState]).toEqual([1, 1]);
    expect(await heldBack()).toBeGreaterThan(0);
  });

  it("to a client of a bounded address wait in the relay until their time has come", async () => {
    const { node, client, channel } = await pair({
      environment: { ORA_RELAY_MAX_ADDRESS_BYTES_PER_SEC: String(2 * FRAME_BYTES) },
    });
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(channel);
    for (const value of [1, 2, 3, 4]) node.send(Buffer.concat([prefix, frame(value)]));
    for (const value of [1, 2]) expect((await client.nextBinary()).at(-1)).toBe(value);
    await until(() => relay.relay.queuedBytes() >= FRAME_BYTES);
    expect(client.unread).toBeLessThan(2);
    relay.clock.advance(2_000);
    for (const value of [3, 4]) expect((await client.nextBinary()).at(-1)).toBe(value);
  });
});

describe("what is not said to its end", () => {
  it.each([
    ["nothing at all", ""],
    ["half a head", "GET / HTTP/1.1\r\nHost: relay.exa"],
    ["half an upgrade", "GET /ws/node HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgr"],
    ["half a body", "POST /api/pair HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"],
  ])("is not waited for without end: %s", async (_what, bytes) => {
    relay = await RelayHarness.start({}, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
    expect(await answerTo(bytes)).toMatch(/^HTTP\/1\.1 408 /);
    expect(await refused()).toEqual(['ora_relay_refused_total{reason="http_408"} 1']);
    expect(await relay.health()).toMatchObject({ ok: true });
  });

  it("leaves a socket alone that was opened in time", async () => {
    relay = await RelayHarness.start(
      {},
      { requestTimeoutMs: REQUEST_TIMEOUT_MS, standstillMs: REQUEST_TIMEOUT_MS },
    );
    const node = await relay.node("pc");
    for (let i = 0; i < 3; i += 1) await answerTo("GET");
    expect(await node.send({ type: "pair_offer", code: "deadbeef" }).next()).toMatchObject({ ok: true });
  });
});

describe("what is no request", () => {
  const CLIENT_HELLO = Buffer.from("16030100c5010000c10303", "hex");

  it.each([
    ["TLS on the plain port", Buffer.concat([CLIENT_HELLO, Buffer.alloc(190, 7)]), 400],
    ["noise", Buffer.alloc(64, 0xee), 400],
    ["a name that is no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    ["headers beyond 16 KiB", `GET / HTTP/1.1\r\nHost: x\r\na: ${"x".repeat(17_000)}\r\n\r\n`, 431],
  ])("is answered as such and cut: %s", async (_what, bytes, status) => {
    relay = await RelayHarness.start();
    expect(await answerTo(bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(await relay.health()).toMatchObject({ ok: true });
  });

  it("is counted", async () => {
    relay = await RelayHarness.start();
    await answerTo(Buffer.alloc(64, 0xee));
    expect(await refused()).toEqual(['ora_relay_refused_total{reason="http_400"} 1']);
  });
});
