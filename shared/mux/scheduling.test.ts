import { describe, expect, it } from "vitest";
import { readFrames } from "./inner-frame.ts";
import { INNER } from "./inner-types.ts";
import { CHANNEL_WINDOW_BYTES, STREAM_WINDOW_BYTES } from "./mux-limits.ts";
import { MAX_RECORD_BYTES } from "./padme.ts";
import { MuxPair, patterned, settle } from "./testing/mux-pair.ts";
import { RawClient, u32 } from "./testing/raw-peer.ts";

/** The streams of the DATA frames in each record. */
function dataStreams(records: readonly Uint8Array[]): number[][] {
  return records.map((record) => {
    const streams: number[] = [];
    readFrames(record, (type, stream) => type === INNER.DATA && streams.push(stream));
    return streams;
  });
}

describe("sharing the link", () => {
  it("gives each stream a record in turn, so that a small request is not behind megabytes", async () => {
    const pair = new MuxPair();
    const big = await pair.openServed();
    const small = await pair.openServed();
    const from = pair.clientLink.sent.length;
    big.client.stream.write(patterned(250_000));
    small.client.stream.write(patterned(1000));
    await settle();
    const order = dataStreams(pair.clientLink.sent.slice(from)).flat();
    expect(order.slice(0, 2)).toEqual([1, 2]);
  });

  it("waits a turn for others when several have little to send, and for nobody when one is alone", async () => {
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const pair = new MuxPair();
    pair.open({ end: true });
    await turn();
    expect(pair.clientLink.sent).toHaveLength(1);

    await settle();
    const before = pair.clientLink.sent.length;
    pair.open({ end: true });
    pair.open({ end: true });
    await turn();
    pair.open({ end: true });
    await settle();
    expect(pair.served).toHaveLength(4);
    expect(pair.clientLink.sent).toHaveLength(before + 1);
  });

  it("waits for nobody when several have more than a record's worth, nor when credit comes for them", async () => {
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const pair = new MuxPair({ eager: false });
    const { client: first } = await pair.openServed();
    const { client: second } = await pair.openServed();
    const before = pair.clientLink.sent.length;
    first.stream.write(patterned(MAX_RECORD_BYTES / 2));
    second.stream.write(patterned(MAX_RECORD_BYTES / 2));
    await turn();
    expect(pair.clientLink.sent.length).toBeGreaterThan(before);

    const raw = new RawClient();
    for (const id of [1, 2, 3, 4, 5, 6]) raw.send(raw.request(id, { end: true }));
    await settle();
    for (const { stream } of raw.served) {
      stream.respond({ status: 200, headers: [] });
      stream.write(patterned(STREAM_WINDOW_BYTES));
    }
    await settle();
    const records = raw.records.length;
    raw.send([INNER.WINDOW, 0, u32(CHANNEL_WINDOW_BYTES)]);
    // The first is over before what the WINDOW brought about; the second is not.
    await turn();
    await turn();
    expect(raw.records.length).toBeGreaterThan(records);
  });

  it("puts what is ready in the same turn into one record", async () => {
    const pair = new MuxPair();
    for (let n = 0; n < 20; n++) pair.open({ end: true });
    await settle();
    expect(pair.served).toHaveLength(20);
    expect(pair.clientLink.sent).toHaveLength(1);
    for (const { stream } of pair.served) {
      stream.respond({ status: 200, headers: [] });
      stream.write(patterned(100));
      stream.end();
    }
    const before = pair.nodeLink.sent.length;
    await settle();
    expect(pair.nodeLink.sent.length - before).toBe(1);
  });

  it("fills records of a bulk stream to the last byte, whatever the size of its chunks", async () => {
    for (const chunk of [1000, 16_384, 65_536, 200_000]) {
      const pair = new MuxPair();
      const { client } = await pair.openServed();
      const from = pair.clientLink.sent.length;
      for (let sent = 0; sent < 200_000; sent += chunk)
        client.stream.write(patterned(Math.min(chunk, 200_000 - sent)));
      await settle();
      const records = pair.clientLink.sent
        .slice(from)
        .filter((record) => dataStreams([record]).flat().length > 0);
      expect(records.map((record) => record.length)).toEqual([
        MAX_RECORD_BYTES,
        MAX_RECORD_BYTES,
        MAX_RECORD_BYTES,
        9728,
      ]);
      // Neighbouring chunks share a frame.
      expect(dataStreams(records).flat()).toHaveLength(4);
    }
  });

  it("builds no records while the link is full, and goes on when it drains", async () => {
    const pair = new MuxPair({ settings: { linkQueueBytes: 100_000 } });
    const { client, node } = await pair.openServed();
    const from = pair.clientLink.sent.length;
    pair.clientLink.held = true;
    client.stream.write(patterned(250_000));
    await settle();
    expect(pair.clientLink.sent.length - from).toBe(2);
    // What became urgent meanwhile still goes first.
    pair.client.sendControl({ type: "urgent" });
    await settle();
    expect(pair.clientLink.sent.length - from).toBe(2);
    pair.clientLink.held = false;
    await settle();
    expect(node.listener.received).toBe(250_000);
    const third = pair.clientLink.sent[from + 2] ?? new Uint8Array(0);
    const types: number[] = [];
    readFrames(third, (type) => types.push(type));
    expect(types.filter((type) => type !== INNER.PONG)).toEqual([INNER.CONTROL, INNER.DATA]);
  });

  it("serves everybody when 128 streams compete", async () => {
    const pair = new MuxPair();
    const streams = await Promise.all(Array.from({ length: 128 }, () => pair.openServed()));
    for (const [n, { client }] of streams.entries()) {
      client.stream.write(patterned(100_000, n));
      client.stream.end();
    }
    await settle(200);
    for (const { node } of streams) {
      expect(node.listener.received).toBe(100_000);
      expect(node.listener.events).toEqual(["data", "end"]);
    }
  });

  it("copies a small piece out of a large record, so that a byte does not hold 62 KiB", async () => {
    const pair = new MuxPair();
    const chunks: Uint8Array[] = [];
    const small = await pair.openServed();
    const big = await pair.openServed();
    small.node.listener.data = (chunk) => void chunks.push(chunk);
    small.client.stream.write(patterned(10));
    big.client.stream.write(patterned(100_000));
    await settle();
    expect(chunks.map((chunk) => chunk.buffer.byteLength)).toEqual([10]);
  });

  it("moves ten thousand tiny writes in order", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed();
    const bytes = patterned(10_000);
    for (let at = 0; at < bytes.length; at++) client.stream.write(bytes.subarray(at, at + 1));
    client.stream.end();
    await settle();
    expect(node.listener.received).toBe(10_000);
    expect(node.listener.events).toEqual(["data", "end"]);
    expect(pair.clientLink.sent).toHaveLength(2);
  });
});
