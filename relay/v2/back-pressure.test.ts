import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHANNEL_BUFFER_BYTES, MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import {
  CHANNEL_SLACK_BYTES,
  CONGESTED_BYTES,
  CUT_GRACE_MS,
  HEARTBEAT_INTERVAL_MS,
  SOCKET_QUEUE_BYTES,
} from "../limits.ts";
import type { RawSocket } from "../testing/raw-socket.ts";
import { RelayHarness } from "../testing/relay-harness.ts";
import { device, frameFor, NodeKey, online, opened } from "../testing/v2-endpoints.ts";

const MIB = 1024 * 1024;
let relay: RelayHarness;
let key: NodeKey;
let node: RawSocket;
const phone = device("phone");
const frame = randomBytes(MAX_FRAME_BYTES);

beforeEach(async () => {
  relay = await RelayHarness.start();
  key = new NodeKey();
  node = await online(relay, key, { sessions: [phone.entry] });
});
afterEach(() => relay.stop());

const client = () => opened(relay, { node_id: key.id, token: phone.token });

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Sends frames from `sender` without letting more than a little wait in this process, until told to stop. */
async function pour(sender: RawSocket, message: Uint8Array, more: () => boolean): Promise<void> {
  while (more()) {
    if (sender.ws.bufferedAmount < MIB) sender.ws.send(message);
    else await turn();
  }
}

describe("a client that stops reading", () => {
  it("is closed with 4413 when more waits for it than a channel may have under way, and never costs more", async () => {
    const stopped = await client();
    await node.next();
    let isClosed = false;
    let most = 0;
    // What the node hears of the end is the first thing it hears at all.
    const told = node.next().then((message) => {
      isClosed = true;
      return message;
    });
    stopped.ws.pause();
    await pour(node, frameFor(1, frame), () => {
      most = Math.max(most, relay.relay.queuedBytes());
      return !isClosed;
    });
    expect(await told).toEqual({ type: "channel_closed", channel: 1 });
    const bound = CHANNEL_BUFFER_BYTES + CHANNEL_SLACK_BYTES + MAX_FRAME_BYTES;
    // Each frame costs a little bookkeeping beside its bytes.
    expect(most).toBeLessThanOrEqual(bound * 1.02);
    expect(most).toBeGreaterThan(CHANNEL_BUFFER_BYTES / 2);
    stopped.ws.resume();
    expect([1006, 4413]).toContain((await stopped.closed).code);
    while (relay.relay.queuedBytes() > 0) await turn();
  });

  it("does not slow its neighbour on the same node, who gets 500 MB meanwhile", async () => {
    const stopped = await client();
    const neighbour = await client();
    await node.next();
    await node.next();
    stopped.ws.pause();
    // As much as its channel may have under way: it is within its rights and stays.
    for (let sent = 0; sent + MAX_FRAME_BYTES <= CHANNEL_BUFFER_BYTES; sent += MAX_FRAME_BYTES) {
      node.ws.send(frameFor(1, frame));
    }
    const frames = Math.ceil((500 * MIB) / MAX_FRAME_BYTES);
    let received = 0;
    neighbour.consume(() => {
      received += 1;
    });
    const message = frameFor(2, frame);
    const windowFrames = CHANNEL_BUFFER_BYTES / 2 / MAX_FRAME_BYTES;
    for (let sent = 0; sent < frames; sent++) {
      while (sent - received >= windowFrames) await turn();
      node.ws.send(message);
    }
    while (received < frames) await turn();
    stopped.ws.resume();
    for (let got = 0; got + MAX_FRAME_BYTES <= CHANNEL_BUFFER_BYTES; got += MAX_FRAME_BYTES) {
      expect((await stopped.nextBinary()).equals(frame)).toBe(true);
    }
  }, 120_000);

  it("only for moments is slow and not dead, even when no answer to a ping gets through", async () => {
    const slow = await opened(relay, { node_id: key.id, token: phone.token }, { autoPong: false });
    await node.next();
    slow.ws.pause();
    const queued = () => relay.relay.queuedBytes();
    let sent = 0;
    for (; queued() < 8 * MIB; sent++) {
      node.ws.send(frameFor(1, frame));
      await turn();
    }
    let received = 0;
    let isReading = false;
    slow.consume(() => {
      received += 1;
      if (!isReading) slow.ws.pause();
    });
    for (let beat = 0; beat < 4; beat++) {
      relay.clock.advance(HEARTBEAT_INTERVAL_MS);
      const before = queued();
      while (queued() >= before) {
        slow.ws.resume();
        await turn();
      }
      slow.ws.pause();
    }
    expect(queued()).toBeGreaterThan(0);
    isReading = true;
    slow.ws.resume();
    while (received < sent) await turn();
    expect(slow.ws.readyState).toBe(slow.ws.OPEN);
  });

  it("of tiny frames costs what its frames count for, not what they were read with", async () => {
    const stopped = await client();
    const reading = await client();
    await node.next();
    await node.next();
    stopped.ws.pause();
    let received = 0;
    reading.consume(() => {
      received += 1;
    });
    const [small, large] = [frameFor(1, randomBytes(300)), frameFor(2, randomBytes(60_000))];
    const before = process.memoryUsage().arrayBuffers;
    // First fill the system's own buffers, so that what follows waits in the relay.
    while (relay.relay.queuedBytes() < 2 * MIB) {
      node.ws.send(frameFor(1, frame));
      await turn();
    }
    const rounds = 4_000;
    for (let i = 0; i < rounds; i++) {
      node.ws.send(small);
      node.ws.send(large);
      while (received < i) await turn();
    }
    while (received < rounds) await turn();
    expect(stopped.ws.readyState).toBe(stopped.ws.OPEN);
    // Held by what they were read with, the small ones alone would keep some 100 MB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * MIB);
  });
});

describe("a client that is revoked in the middle of a download", () => {
  it("gets nothing more of what waits for it, and is cut off when it does not read", async () => {
    const revoked = await client();
    await node.next();
    revoked.ws.pause();
    while (relay.relay.queuedBytes() < 4 * MIB) {
      node.ws.send(frameFor(1, frame));
      await turn();
    }
    node.send({ type: "sessions", remove: ["phone"] });
    expect(await node.next()).toEqual({ type: "channel_closed", channel: 1 });
    expect(relay.relay.queuedBytes()).toBeLessThan(SOCKET_QUEUE_BYTES + 2 * MAX_FRAME_BYTES);
    relay.clock.advance(CUT_GRACE_MS);
    while (relay.relay.queuedBytes() > 0) await turn();
    revoked.ws.resume();
    expect([1006, 4403]).toContain((await revoked.closed).code);
  });
});

describe("a channel that its node closes", () => {
  it("gives a slow client everything that was sent before", async () => {
    const slow = await client();
    await node.next();
    slow.ws.pause();
    let sent = 0;
    for (; relay.relay.queuedBytes() < 4 * MIB; sent++) {
      node.ws.send(frameFor(1, frame));
      await turn();
    }
    node.send({ type: "channel_close", channel: 1 });
    await node.send({ type: "register", sessions: [phone.entry] }).next();
    slow.ws.resume();
    for (let i = 0; i < sent; i++) expect((await slow.nextBinary()).equals(frame)).toBe(true);
    expect(await slow.closed).toEqual({ code: 1000, reason: "closed_by_node" });
  });
});

describe("a node that stops reading", () => {
  it("stops its clients and nobody else's; they go on in turn, and nothing is lost", async () => {
    const clients = [await client(), await client(), await client()];
    for (const _ of clients) await node.next();
    node.ws.pause();
    const perClient = 200;
    for (const socket of clients) for (let i = 0; i < perClient; i++) socket.ws.send(frame);
    let stuckAt = -1;
    const unsent = () => clients.reduce((sum, socket) => sum + socket.ws.bufferedAmount, 0);
    while (unsent() !== stuckAt) {
      stuckAt = unsent();
      for (let i = 0; i < 50; i++) await turn();
    }
    expect(stuckAt).toBeGreaterThan(0);
    // One frame beyond the mark, and for each client what was read in one go.
    expect(relay.relay.queuedBytes()).toBeLessThan(CONGESTED_BYTES + 5 * MAX_FRAME_BYTES);
    const otherKey = new NodeKey();
    const other = await online(relay, otherKey, { sessions: [phone.entry] });
    const neighbour = await opened(relay, { node_id: otherKey.id, token: phone.token });
    await other.next();
    neighbour.send(new Uint8Array([1]));
    expect(await other.nextBinary()).toEqual(frameFor(1, new Uint8Array([1])));
    node.ws.resume();
    const got = new Map<number, number>();
    for (let i = 0; i < clients.length * perClient; i++) {
      const message = await node.nextBinary();
      const channel = message.readUInt32BE(0);
      got.set(channel, (got.get(channel) ?? 0) + 1);
    }
    expect([...got.entries()].sort()).toEqual([
      [1, perClient],
      [2, perClient],
      [3, perClient],
    ]);
  });

  it("does not make its clients look dead, though they are not read", async () => {
    const waiting = await client();
    await node.next();
    node.ws.pause();
    for (let i = 0; i < 200; i++) waiting.ws.send(frame);
    let stuckAt = -1;
    while (waiting.ws.bufferedAmount !== stuckAt) {
      stuckAt = waiting.ws.bufferedAmount;
      for (let i = 0; i < 50; i++) await turn();
    }
    // The node itself, which answers no ping and takes nothing, is dead after three beats; its client is not.
    for (let i = 0; i < 4; i++) {
      relay.clock.advance(HEARTBEAT_INTERVAL_MS);
      await turn();
    }
    expect(await waiting.next()).toEqual({ type: "error", code: "node_offline" });
    expect(await waiting.closed).toMatchObject({ code: 4503 });
  });
});
