import { describe, expect, it } from "vitest";
import { STREAM_WINDOW_BYTES } from "./mux-limits.ts";
import { MuxPair, settle } from "./testing/mux-pair.ts";
import { quietLinkPair } from "./testing/quiet-link.ts";

const MIB = 1024 * 1024;

describe("memory", () => {
  it("stays flat while 500 MB pass beside a reader that never reads", async () => {
    const pair = new MuxPair({ links: quietLinkPair(), eager: false });
    const stuck = await pair.openServed();
    const quick = await pair.openServed();
    quick.node.listener.eager = true;
    // Counting is enough here; hashing half a gigabyte is not.
    quick.node.listener.data = (chunk) => {
      quick.node.listener.received += chunk.length;
      quick.node.stream.consumed(chunk.length);
    };
    stuck.client.stream.write(new Uint8Array(MIB));
    const total = 500_000_000;
    const chunk = new Uint8Array(250_000);
    let sent = 0;
    const pump = () => {
      while (sent < total) {
        sent += chunk.length;
        if (!quick.client.stream.write(chunk)) return;
      }
      quick.client.stream.end();
    };
    quick.client.listener.onWritable = pump;
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    pump();
    while (!quick.node.listener.events.includes("end")) {
      await settle(10);
      pair.clock.advance(1);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(quick.node.listener.received).toBe(total);
    expect(stuck.node.listener.received).toBe(STREAM_WINDOW_BYTES);
    expect(most).toBeLessThan(150 * MIB);
  });

  it("of a receiver is never more than the windows it granted", async () => {
    const pair = new MuxPair({ eager: false });
    const streams = await Promise.all(Array.from({ length: 100 }, () => pair.openServed()));
    const chunk = new Uint8Array(2 * MIB);
    for (const { client } of streams) client.stream.write(chunk);
    await settle(300);
    const held = streams.reduce((sum, { node }) => sum + node.listener.unconsumed, 0);
    expect(held).toBe(100 * STREAM_WINDOW_BYTES);
    // Readers that take turns make windows grow; all together never above 64 MiB.
    for (let round = 0; round < 40; round++) {
      for (const { node } of streams) if (round % 3 > 0) node.listener.consume();
      pair.clock.advance(5);
      await settle(8);
      const now = streams.reduce((sum, { node }) => sum + node.listener.unconsumed, 0);
      expect(now).toBeLessThanOrEqual(64 * MIB);
    }
  });
});
