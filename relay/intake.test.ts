import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IntakeBudget, type Receiver } from "./intake.ts";
import { MAX_UNFINISHED_MS, UNCOUNTED_UNFINISHED_BYTES, UNFINISHED_GRACE_MS } from "./limits.ts";
import type { Closed, RawSocket } from "./testing/raw-socket.ts";
import { RelayHarness } from "./testing/relay-harness.ts";
import { welcomed } from "./testing/v2-endpoints.ts";

const KIB = 1024;
const PIECE_BYTES = 512 * KIB;

let relay: RelayHarness;
let node: RawSocket;
let token: string;

beforeEach(async () => {
  relay = await RelayHarness.start({}, { maxUnfinishedBytes: 4 * PIECE_BYTES });
  node = await relay.offering("pc", "deadbeef");
  token = await relay.token("deadbeef");
});
afterEach(() => relay.stop());

/** Sends a piece of a message whose end does not come, and waits until the relay has as much in all. */
async function hold(socket: RawSocket, bytes: number, whole: number): Promise<void> {
  socket.ws.send(randomBytes(bytes).toString("base64").slice(0, bytes), { fin: false });
  await until(() => relay.relay.unfinishedBytes() >= whole);
}

/** How it was closed; it has the relay's word before the relay cuts it. */
async function givenUp(socket: RawSocket): Promise<Closed> {
  await until(() => socket.ws.readyState !== socket.ws.OPEN);
  relay.clock.advance(UNFINISHED_GRACE_MS);
  return socket.closed;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("messages that are not whole", () => {
  it("are bounded over all sockets: whoever holds the most is closed, and by name", async () => {
    const modest = await relay.client(token);
    await hold(modest, PIECE_BYTES, PIECE_BYTES);
    const greedy = await relay.client(token);
    await hold(greedy, 2 * PIECE_BYTES, 3 * PIECE_BYTES);
    const other = await relay.client(token);
    other.ws.send(Buffer.alloc(PIECE_BYTES), { fin: false });
    expect(await givenUp(greedy)).toEqual({ code: 4413, reason: "too_much_unfinished" });
    await until(() => relay.relay.unfinishedBytes() >= 2 * PIECE_BYTES);
    expect([modest.ws.readyState, other.ws.readyState]).toEqual([1, 1]);
    expect(relay.relay.unfinishedBytes()).toBeLessThan(3 * PIECE_BYTES);
  });

  it("of a node count as well", async () => {
    await hold(node, PIECE_BYTES, PIECE_BYTES);
    relay.clock.advance(MAX_UNFINISHED_MS);
    expect(await givenUp(node)).toEqual({ code: 4408, reason: "message_unfinished" });
    await until(() => relay.relay.unfinishedBytes() === 0);
  });

  it("have a deadline, and count no more once whole", async () => {
    const client = await relay.client(token);
    const [start, end] = [`{"type":"http_proxy","id":"1","body_b64":"${"A".repeat(PIECE_BYTES / 2)}`, '"}'];
    client.ws.send(start, { fin: false });
    await until(() => relay.relay.unfinishedBytes() >= start.length);
    relay.clock.advance(MAX_UNFINISHED_MS - 1);
    client.ws.send(end, { fin: true });
    expect(await node.next()).toMatchObject({ id: "1" });
    expect(relay.relay.unfinishedBytes()).toBe(0);
    await hold(client, PIECE_BYTES, PIECE_BYTES);
    relay.clock.advance(MAX_UNFINISHED_MS);
    expect(await givenUp(client)).toEqual({ code: 4408, reason: "message_unfinished" });
  });

  it("keep their deadline whatever pings come in between, and pings alone have none", async () => {
    const client = await relay.client(token);
    const ping = () =>
      new Promise<void>((resolve) => {
        client.ws.once("pong", () => resolve());
        client.ws.ping(Buffer.alloc(125));
      });
    for (let bytes = 0; bytes < 2 * UNCOUNTED_UNFINISHED_BYTES; bytes += 125) await ping();
    expect(relay.relay.unfinishedBytes()).toBe(0);
    await hold(client, PIECE_BYTES, PIECE_BYTES);
    const held = relay.relay.unfinishedBytes();
    await ping();
    expect(relay.relay.unfinishedBytes()).toBe(held);
    relay.clock.advance(MAX_UNFINISHED_MS);
    expect((await givenUp(client)).code).toBe(4408);
  });

  it("cost more the more pieces they come in", async () => {
    const client = await relay.client(token);
    client.ws.send("{", { fin: false });
    const piece = async () => {
      client.ws.send(" ", { fin: false });
      await new Promise<void>((resolve) => {
        client.ws.once("pong", () => resolve());
        client.ws.ping();
      });
    };
    for (let sent = 0; sent < 300; sent++) await piece();
    expect(relay.relay.unfinishedBytes()).toBeGreaterThan(UNCOUNTED_UNFINISHED_BYTES);
  });

  it("do not end a socket that says small things in fragments all day", async () => {
    const client = await relay.client(token);
    for (let id = 0; id < 300; id++) {
      client.ws.send(`{"type":"ping","pad":"${"x".repeat(400)}`, { fin: false });
      client.ws.send('"}', { fin: true });
      expect(await client.next()).toMatchObject({ type: "pong" });
    }
    expect(relay.relay.unfinishedBytes()).toBe(0);
  });

  it("of those who were refused are bounded too: they are cut before they are gone", () => {
    const held: Receiver[] = [];
    const budget = new IntakeBudget(100);
    const cut: number[] = [];
    for (let id = 0; id < 3; id++) {
      held.push({ held: 0, overflow: () => undefined, cut: () => void cut.push(id) });
    }
    for (const receiver of held) budget.leaves(receiver, 50);
    expect(cut).toEqual([0]);
    for (const receiver of held) budget.left(receiver);
    for (const receiver of held.slice(1)) budget.leaves(receiver, 50);
    expect(cut).toEqual([0]);
  });

  it("of a closed socket are read no further", async () => {
    const client = await relay.client(token);
    await hold(client, PIECE_BYTES, PIECE_BYTES);
    relay.clock.advance(MAX_UNFINISHED_MS);
    for (let more = 0; more < 64; more++) client.ws.send(Buffer.alloc(PIECE_BYTES / 8), { fin: false });
    expect((await givenUp(client)).code).toBe(4408);
  });

  it("of a protocol 2 socket on probation are bounded by that", async () => {
    const client = await welcomed(relay, "client");
    client.ws.send(Buffer.alloc(16 * KIB), { fin: false });
    expect((await client.closed).code).toBe(1008);
  });
});
