import { createHash, randomBytes } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { CHANNEL_BUFFER_BYTES } from "#shared/protocol/v2/limits.ts";
import { describeWithNats, until } from "../cluster/testing/nats-server.ts";
import { CHANNEL_SLACK_BYTES, CONGESTED_BYTES } from "../limits.ts";
import type { RawSocket } from "../testing/raw-socket.ts";
import type { RelayHarness } from "../testing/relay-harness.ts";
import { relaysOnOneBus } from "../testing/relays.ts";
import { device, frameFor, NodeKey, online, opened } from "../testing/v2-endpoints.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** What may be under way on a link beside what waits at its ends: its window, twice, and what sockets are given. */
const UNDER_WAY_BYTES = 4 * MIB;

describeWithNats("what waits between a client and its node at another instance", () => {
  const { start } = relaysOnOneBus();
  let a: RelayHarness;
  let b: RelayHarness;
  let key: NodeKey;
  let node: RawSocket;
  const phone = device("phone");
  const client = () => opened(b, { node_id: key.id, token: phone.token });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const queued = () => a.relay.queuedBytes() + b.relay.queuedBytes();
  beforeEach(async () => {
    a = await start();
    b = await start();
    key = new NodeKey();
    node = await online(a, key, { sessions: [phone.entry] });
  });

  it("is no more than a channel may have for a client that does not read, which is closed, and its neighbour is not", async () => {
    const [stopped, neighbour] = [await client(), await client()];
    await node.next();
    await node.next();
    let isClosed = false;
    const told = node.next().then((message) => {
      isClosed = true;
      return message;
    });
    stopped.ws.pause();
    let most = 0;
    const frame = randomBytes(64 * KIB);
    while (!isClosed) {
      if (node.ws.bufferedAmount < MIB) node.ws.send(frameFor(1, frame));
      else await turn();
      most = Math.max(most, queued());
    }
    expect(await told).toEqual({ type: "channel_closed", channel: 1 });
    expect(most).toBeLessThan(CHANNEL_BUFFER_BYTES + CHANNEL_SLACK_BYTES + CONGESTED_BYTES + UNDER_WAY_BYTES);
    expect(most).toBeGreaterThan(CHANNEL_BUFFER_BYTES / 2);
    node.send(frameFor(2, frame));
    expect((await neighbour.nextBinary()).equals(frame)).toBe(true);
    stopped.ws.resume();
    expect([1006, 1012, 4413]).toContain((await stopped.closed).code);
    await until(() => queued() === 0, "nothing waits any more");
  });

  it("is little for a node that reads in fits and starts, however much the client has to send, and all of it comes", async () => {
    const sender = await client();
    await node.next();
    const [sent, got] = [createHash("sha256"), createHash("sha256")];
    const frames = 48 * 16;
    let received = 0;
    node.ws.removeAllListeners("message");
    node.ws.on("message", (data: Buffer) => {
      got.update(data.subarray(4));
      received += 1;
      if (received % 64 === 0) node.ws.pause();
    });
    for (let count = 0; count < frames; count++) {
      const frame = randomBytes(64 * KIB);
      sent.update(frame);
      sender.ws.send(frame);
    }
    let most = 0;
    let calm = 0;
    while (received < frames) {
      const before = queued();
      await turn();
      most = Math.max(most, queued());
      calm = queued() === before ? calm + 1 : 0;
      // It fills up as far as it will, and then the node goes on.
      if (calm < 20) continue;
      calm = 0;
      node.ws.resume();
    }
    expect(got.digest("hex")).toBe(sent.digest("hex"));
    expect(most).toBeLessThan(2 * CONGESTED_BYTES + UNDER_WAY_BYTES);
  });
});
