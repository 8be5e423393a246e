import { describe, expect, it } from "vitest";
import { INNER } from "./inner-types.ts";
import { CHANNEL_WINDOW_BYTES, MAX_CREDIT_BYTES, STREAM_WINDOW_BYTES } from "./mux-limits.ts";
import { paddedLength } from "./padme.ts";
import { MuxPair, patterned, SlowPath, settle } from "./testing/mux-pair.ts";
import { RawClient, u32 } from "./testing/raw-peer.ts";

/** DATA of so many bytes, in records of at most 48 KiB. */
function sendData(raw: RawClient, stream: number, bytes: number): void {
  for (let left = bytes; left > 0; left -= 48 * 1024) {
    raw.send([INNER.DATA, stream, new Uint8Array(Math.min(left, 48 * 1024))]);
  }
}

function granted(raw: RawClient, stream: number): number {
  return raw
    .seen(INNER.WINDOW)
    .filter((frame) => frame.stream === stream)
    .reduce((sum, { payload }) => sum + new DataView(payload.buffer, payload.byteOffset).getUint32(0), 0);
}

describe("stream credit", () => {
  it("lets 256 KiB through before anything is consumed, and not a byte more", async () => {
    const raw = new RawClient({ eager: false });
    raw.send(raw.request(1));
    sendData(raw, 1, STREAM_WINDOW_BYTES);
    await settle(5);
    expect(raw.served[0]?.listener.received).toBe(STREAM_WINDOW_BYTES);
    expect(granted(raw, 1)).toBe(0);
    expect(await raw.outcome([INNER.DATA, 1, new Uint8Array(1)])).toBe("protocol");
  });

  it("comes back when the application has consumed, not before", async () => {
    const raw = new RawClient({ eager: false });
    raw.send(raw.request(1));
    sendData(raw, 1, STREAM_WINDOW_BYTES);
    await settle(5);
    const listener = raw.served[0]?.listener;
    listener?.consume(STREAM_WINDOW_BYTES / 4 - 1);
    await settle(5);
    expect(granted(raw, 1)).toBe(0);
    listener?.consume(1);
    await settle(5);
    expect(granted(raw, 1)).toBe(STREAM_WINDOW_BYTES / 4);
    sendData(raw, 1, STREAM_WINDOW_BYTES / 4);
    await settle(5);
    expect(raw.log.closes).toEqual([]);
    expect(await raw.outcome([INNER.DATA, 1, new Uint8Array(1)])).toBe("protocol");
  });

  it("above 2^31-1 is a protocol error", async () => {
    const raw = new RawClient();
    raw.send(raw.request(1));
    const rest = MAX_CREDIT_BYTES - STREAM_WINDOW_BYTES;
    expect(await raw.outcome([INNER.WINDOW, 1, u32(rest)])).toBeUndefined();
    expect(await raw.outcome([INNER.WINDOW, 1, u32(1)])).toBe("protocol");
  });

  it("cannot be returned for more than was delivered", async () => {
    const pair = new MuxPair({ eager: false });
    const { client, node } = await pair.openServed();
    client.stream.write(patterned(10));
    await settle();
    expect(() => node.stream.consumed(11)).toThrow("consumed more");
    expect(() => node.stream.consumed(-1)).toThrow("consumed more");
    expect(() => node.stream.consumed(Number.NaN)).toThrow("consumed more");
    node.stream.consumed(10);
    expect(() => node.stream.consumed(1)).toThrow("consumed more");
  });

  it("stops a sender that has none, while its neighbour goes on", async () => {
    const pair = new MuxPair({ eager: false });
    const slow = await pair.openServed();
    const quick = await pair.openServed();
    quick.node.listener.eager = true;
    slow.client.stream.write(patterned(1_000_000));
    quick.client.stream.write(patterned(5_000_000));
    quick.client.stream.end();
    await settle(100);
    expect(slow.node.listener.received).toBe(STREAM_WINDOW_BYTES);
    expect(quick.node.listener.received).toBe(5_000_000);
    expect(quick.node.listener.events).toContain("end");
    expect(slow.client.stream.bufferedBytes).toBe(1_000_000 - STREAM_WINDOW_BYTES);
  });
});

describe("channel credit", () => {
  it("counts whole records, padding and all, and one more than granted is a protocol error", async () => {
    const raw = new RawClient();
    // Nothing leaves the node, because its link is full: the first megabyte has to suffice.
    raw.links[0].held = true;
    raw.links[0].send(new Uint8Array(256 * 1024));
    raw.send(raw.request(1), raw.request(2));
    for (let n = 0; n < CHANNEL_WINDOW_BYTES / 256; n++)
      raw.send([INNER.DATA, 1 + (n % 2), new Uint8Array(1)]);
    await settle(5);
    expect(raw.log.closes).toEqual([]);
    expect(await raw.outcome([INNER.DATA, 1, new Uint8Array(1)])).toBe("protocol");
  });

  it("is returned a quarter at a time, as records come in", async () => {
    const raw = new RawClient();
    raw.send(raw.request(1));
    for (let n = 0; n < CHANNEL_WINDOW_BYTES / 256; n++) raw.send([INNER.DATA, 1, new Uint8Array(1)]);
    await settle(5);
    expect(raw.seen(INNER.WINDOW).filter(({ stream }) => stream === 0)).toHaveLength(4);
    expect(granted(raw, 0)).toBe(CHANNEL_WINDOW_BYTES);
  });

  it("above 2^31-1 is a protocol error", async () => {
    const raw = new RawClient();
    const rest = MAX_CREDIT_BYTES - CHANNEL_WINDOW_BYTES;
    expect(await raw.outcome([INNER.WINDOW, 0, u32(rest)])).toBeUndefined();
    expect(await raw.outcome([INNER.WINDOW, 0, u32(1)])).toBe("protocol");
  });

  it("is returned for streams that are reset, and a never consumed stream does not hold it", async () => {
    const raw = new RawClient({ eager: false });
    raw.send(raw.request(1), [INNER.RESET, 1, new Uint8Array([0, 2])]);
    for (let n = 0; n < 6; n++) {
      sendData(raw, 1, CHANNEL_WINDOW_BYTES / 2);
      await settle(5);
    }
    expect(raw.log.closes).toEqual([]);
    expect(granted(raw, 0)).toBeGreaterThanOrEqual(2.75 * CHANNEL_WINDOW_BYTES);
  });

  it("leaves control free: heads, RESET and PING pass when there is none", async () => {
    const pair = new MuxPair();
    const busy = await pair.openServed();
    // What the node grants does not arrive.
    pair.nodeLink.held = true;
    for (let n = 0; n < 5; n++) pair.open().stream.write(patterned(STREAM_WINDOW_BYTES));
    await settle();
    expect(pair.client.outgoing.channel.available).toBeLessThan(256);
    const late = pair.open({ path: "/late" });
    late.stream.end();
    const answer = pair.client.ping(1000);
    busy.client.stream.reset("cancelled");
    await settle();
    expect(pair.served.at(-1)?.stream.request.path).toBe("/late");
    expect(pair.served.at(-1)?.listener.events).toEqual(["end"]);
    expect(busy.node.listener.events).toEqual(["reset cancelled"]);
    pair.nodeLink.held = false;
    expect(await answer).toBe(0);
  });

  it("lets every stream that waited for it go on when it comes back", async () => {
    const pair = new MuxPair({ eager: false });
    // What the node grants does not arrive for now; of the streams' own credit it grants nothing at all.
    pair.nodeLink.held = true;
    const clients = Array.from({ length: 8 }, () => pair.open());
    for (const { stream } of clients) {
      stream.write(patterned(STREAM_WINDOW_BYTES));
      stream.end();
    }
    await settle();
    expect(pair.client.outgoing.channel.available).toBeLessThan(256);
    pair.nodeLink.held = false;
    await settle();
    expect(pair.served.map(({ listener }) => listener.received)).toEqual(
      clients.map(() => STREAM_WINDOW_BYTES),
    );
    expect(pair.served.every(({ listener }) => listener.events.includes("end"))).toBe(true);
  });

  it("survives a thousand cancelled streams without a leak", async () => {
    const pair = new MuxPair({ eager: false });
    for (let n = 0; n < 1000; n++) {
      const { client, node } = await pair.openServed();
      client.stream.write(patterned(1000 + n * 10));
      node.stream.respond({ status: 200, headers: [] });
      node.stream.write(patterned(2000 + n * 5));
      // A different moment each time: before anything left, under way, after it arrived.
      await settle(n % 4);
      if (n % 2 === 0) client.stream.reset("cancelled");
      else node.stream.reset("internal");
      if (n % 5 === 0) client.stream.reset("cancelled");
      pair.clock.advance(10);
      await settle(2);
    }
    await settle();
    const { up, down } = pair.credits();
    expect(up.sender).toBe(up.receiver);
    expect(down.sender).toBe(down.receiver);
    // Less than a quarter may wait to be granted.
    expect(up.sender).toBeGreaterThan(0.75 * pair.node.window.size);
    expect(down.sender).toBeGreaterThan(0.75 * pair.client.window.size);
    for (const end of [pair.client, pair.node]) {
      expect(end.budget.used).toEqual({ streams: 0, growthBytes: 0 });
      expect(end.openStreams).toBe(0);
    }
    expect([...pair.clientLog.closes, ...pair.nodeLog.closes]).toEqual([]);
    const { client, node } = await pair.openServed();
    node.listener.eager = true;
    client.stream.write(patterned(3_000_000));
    await settle(100);
    expect(node.listener.received).toBe(3_000_000);
  });
});

describe("windows", () => {
  it("grow so that a path of 100 ms does not cap a stream at its first 256 KiB", async () => {
    const pair = new MuxPair({ settings: { linkQueueBytes: 64 * 1024 * 1024 } });
    const path = new SlowPath(pair, 50);
    const passed: number[] = [];
    for (const round of [0, 1]) {
      const before = pair.clock.now();
      const { listener } = pair.open({ end: true });
      await path.pass(100);
      const node = pair.served[round]?.stream;
      node?.respond({ status: 200, headers: [] });
      node?.write(new Uint8Array(64 * 1024 * 1024));
      node?.end();
      while (!listener.events.includes("end") && pair.clock.now() < 60_000) await path.pass(10);
      passed.push(pair.clock.now() - before);
    }
    const [first = 0, second = 0] = passed;
    expect(pair.client.roundTripMs).toBe(100);
    // A window of 256 KiB for 64 MiB would take 25.6 s; 8 MiB in 100 ms from the start 0.8 s.
    expect(first).toBeLessThan(2000);
    // The next stream goes on with what the channel has shown that the path can carry.
    expect(second).toBeLessThan(1300);
    expect(pair.client.window.size).toBe(8 * 1024 * 1024);
    expect([...pair.clientLog.closes, ...pair.nodeLog.closes]).toEqual([]);
    expect(pair.client.budget.used).toEqual({ streams: 0, growthBytes: 0 });
  });

  it("stay small on a slow path, so that little waits in front of a small request", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed();
    client.stream.write(new Uint8Array(64 * 1024));
    for (let n = 0; n < 500; n++) {
      client.stream.write(new Uint8Array(10_000));
      // 1 MB/s on a round trip of next to nothing.
      pair.clock.advance(10);
      await settle(2);
    }
    expect(node.listener.received).toBeGreaterThan(4_000_000);
    expect(pair.node.window.size).toBe(CHANNEL_WINDOW_BYTES);
    expect(pair.node.budget.used.growthBytes).toBe(0);
  });

  it("of the channel grow no further than the relay's buffer", async () => {
    const pair = new MuxPair({ settings: { channelBufferBytes: 2 * 1024 * 1024 } });
    const { client, node } = await pair.openServed();
    client.stream.write(new Uint8Array(100 * 1024 * 1024));
    for (let n = 0; n < 2000 && client.stream.bufferedBytes > 0; n++) {
      pair.clock.advance(1);
      await settle(2);
    }
    expect(node.listener.received).toBe(100 * 1024 * 1024);
    expect(pair.node.window.size).toBe(2 * 1024 * 1024);
  });

  it("of all streams together stay within 64 MiB, however fast they are", async () => {
    const pair = new MuxPair();
    const streams = await Promise.all(Array.from({ length: 16 }, () => pair.openServed()));
    for (const { client } of streams) client.stream.write(new Uint8Array(20 * 1024 * 1024));
    let most = 0;
    while (streams.some(({ client }) => client.stream.bufferedBytes > 0)) {
      pair.clock.advance(1);
      await settle(2);
      const { streams: count, growthBytes } = pair.node.budget.used;
      most = Math.max(most, count * STREAM_WINDOW_BYTES + growthBytes);
    }
    expect(most).toBeGreaterThan(16 * STREAM_WINDOW_BYTES);
    expect(most).toBeLessThanOrEqual(36 * 1024 * 1024);
  });
});

it("what a stream's sender may send is what its receiver has granted, at every rest", async () => {
  const pair = new MuxPair({ eager: false });
  const { client, node } = await pair.openServed();
  const credit = (end: object) => end as unknown as { outbound: { credit: { available: number } } };
  const window = (end: object) =>
    end as unknown as { inbound: { window: { window: { available: number } } } };
  for (let n = 0; n < 60; n++) {
    client.stream.write(patterned(1 + n * 997));
    await settle();
    node.listener.consume(Math.floor(node.listener.unconsumed * ((n % 5) / 4)));
    pair.clock.advance(n % 7);
    await settle();
    expect(credit(client.stream).outbound.credit.available).toBe(
      window(node.stream).inbound.window.window.available,
    );
    expect(pair.credits().up.sender).toBe(pair.credits().up.receiver);
  }
});

it("a record that carries one byte of DATA costs what it is long", async () => {
  const pair = new MuxPair();
  const { client } = await pair.openServed();
  const before = pair.client.outgoing.channel.available;
  client.stream.write(patterned(1));
  await settle();
  expect(before - pair.client.outgoing.channel.available).toBe(256);
  client.stream.write(patterned(1000));
  await settle();
  expect(before - pair.client.outgoing.channel.available).toBe(256 + paddedLength(1008));
});
