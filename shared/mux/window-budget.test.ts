import { describe, expect, it } from "vitest";
import { MAX_GROWTH_BYTES, STREAM_WINDOW_BYTES } from "./mux-limits.ts";
import { MuxPair, settle } from "./testing/mux-pair.ts";
import { type ParentBudget, WindowBudget } from "./window-budget.ts";

function parentOf(most: { streams: number; growth: number }) {
  const used = { open: 0, streams: 0, growth: 0 };
  const parent: ParentBudget = {
    open: () => ++used.open > 0,
    shut: () => void used.open--,
    take() {
      if (used.streams >= most.streams) return false;
      used.streams += 1;
      return true;
    },
    release: () => void used.streams--,
    grow(bytes) {
      const granted = Math.min(bytes, most.growth - used.growth);
      used.growth += granted;
      return granted;
    },
    shrink(bytes) {
      used.growth -= bytes;
    },
  };
  return { used, parent };
}

describe("a budget that several channels share", () => {
  it("bounds their windows together, and each by itself as before", () => {
    const { parent, used } = parentOf({ streams: 2, growth: MAX_GROWTH_BYTES + 10 });
    const one = new WindowBudget(parent);
    const two = new WindowBudget(parent);
    expect([one.take(), two.take(), one.take()]).toEqual([true, true, false]);
    expect(one.grow(MAX_GROWTH_BYTES + 1)).toBe(MAX_GROWTH_BYTES);
    expect(two.grow(11)).toBe(10);
    one.release();
    two.shrink(10);
    expect(used).toMatchObject({ streams: 1, growth: MAX_GROWTH_BYTES });
  });

  it("gets everything back once, when a channel ends with data that nobody takes", async () => {
    const { parent, used } = parentOf({ streams: 1, growth: 0 });
    const pair = new MuxPair({ eager: false, budget: parent });
    const { client, node } = await pair.openServed();
    client.stream.write(new Uint8Array(10));
    await settle();
    expect(used).toEqual({ open: 1, streams: 1, growth: 0 });
    pair.node.close("bye");
    expect(used).toEqual({ open: 0, streams: 0, growth: 0 });
    node.stream.consumed(10);
    await settle();
    expect(used).toEqual({ open: 0, streams: 0, growth: 0 });
  });

  it("hears when a stream is over, and apart from that when nothing of it is held", async () => {
    const { parent, used } = parentOf({ streams: 3, growth: 0 });
    const pair = new MuxPair({ eager: false, budget: parent });
    const get = await pair.openServed({ end: true });
    expect(used).toMatchObject({ open: 1, streams: 0 });
    get.node.stream.respond({ status: 200, headers: [], end: true });
    await settle();
    expect(used).toMatchObject({ open: 0, streams: 0 });
    const put = await pair.openServed();
    put.client.stream.write(new Uint8Array(10));
    put.client.stream.end();
    await settle();
    put.node.stream.respond({ status: 200, headers: [], end: true });
    await settle();
    expect(used).toMatchObject({ streams: 1 });
    put.node.stream.consumed(10);
    await settle();
    expect(used).toEqual({ open: 0, streams: 0, growth: 0 });
  });

  it("gets back what is held of streams that were over before their channel", async () => {
    const { parent, used } = parentOf({ streams: 1, growth: 0 });
    const pair = new MuxPair({ eager: false, budget: parent });
    const { client, node } = await pair.openServed();
    client.stream.write(new Uint8Array(10));
    client.stream.end();
    await settle();
    node.stream.respond({ status: 200, headers: [], end: true });
    await settle();
    expect(used).toMatchObject({ streams: 1 });
    pair.node.close("bye");
    expect(used).toEqual({ open: 0, streams: 0, growth: 0 });
  });

  it("that is used up refuses a stream, which may be asked for again", async () => {
    const { parent } = parentOf({ streams: 1, growth: 0 });
    const pair = new MuxPair({ budget: parent });
    await pair.openServed();
    const more = pair.open();
    await settle();
    expect(more.listener.failure).toMatchObject({ code: "refused" });
  });

  it("without growth leaves first windows", async () => {
    const { parent } = parentOf({ streams: 1, growth: 0 });
    const pair = new MuxPair({ eager: false, budget: parent });
    const { client, node } = await pair.openServed();
    client.stream.write(new Uint8Array(4 * STREAM_WINDOW_BYTES));
    for (let round = 0; round < 8; round++) {
      node.listener.consume();
      pair.clock.advance(5);
      await settle(20);
      expect(node.listener.unconsumed).toBeLessThanOrEqual(STREAM_WINDOW_BYTES);
    }
    expect(node.listener.received).toBe(4 * STREAM_WINDOW_BYTES);
  });
});
