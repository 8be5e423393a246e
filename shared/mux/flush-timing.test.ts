import { describe, expect, it } from "vitest";
import { type Backlog, FlushTiming } from "./flush-timing.ts";
import { MAX_RECORD_BYTES } from "./padme.ts";
import { MuxPair, patterned, settle } from "./testing/mux-pair.ts";

/** Lets everything happen that happens in this turn of the event loop. */
async function restOfTurn(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await undefined;
}

/** A channel with `open` streams, all at rest, and a way for the client to write to `writing` of them in one go. */
async function channelWith(open: number) {
  const pair = new MuxPair();
  const streams = await Promise.all(Array.from({ length: open }, () => pair.openServed()));
  const write = (writing: number) => {
    for (const { client } of streams.slice(0, writing)) client.stream.write(patterned(100));
  };
  const received = () => streams.reduce((sum, { node }) => sum + node.listener.received, 0);
  return { pair, write, received };
}

describe("when a channel sends", () => {
  it.each([
    { writing: 8, open: 8 },
    { writing: 8, open: 24 },
    { writing: 16, open: 48 },
  ])("$writing of $open streams do not wait for the end of the turn", async ({ writing, open }) => {
    const { pair, write, received } = await channelWith(open);
    const before = pair.clientLink.sent.length;
    write(writing);
    expect(pair.clientLink.sent.length).toBe(before);
    await restOfTurn();
    expect(pair.clientLink.sent.length).toBe(before + 1);
    await settle();
    expect(received()).toBe(writing * 100);
  });

  it.each([
    { writing: 7, open: 7 },
    { writing: 8, open: 25 },
    { writing: 15, open: 48 },
  ])("$writing of $open streams do, and share a record", async ({ writing, open }) => {
    const { pair, write, received } = await channelWith(open);
    const before = pair.clientLink.sent.length;
    write(writing);
    await restOfTurn();
    expect(pair.clientLink.sent.length).toBe(before);
    await settle();
    expect(pair.clientLink.sent.length).toBe(before + 1);
    expect(received()).toBe(writing * 100);
  });

  it("nothing is sent when the channel ends before the turn does", async () => {
    const { pair, write } = await channelWith(8);
    write(8);
    pair.client.close("bye");
    const before = pair.clientLink.sent.length;
    await restOfTurn();
    await settle();
    expect(pair.clientLink.sent.length).toBe(before);
    expect(pair.clientLog.faults).toEqual([]);
  });
});

/** A backlog of `readyStreams` out of as many, and turns that a test ends by hand. */
function timingOf(readyStreams: number, readyBytes = 100) {
  let flushes = 0;
  const backlog: Backlog = {
    readyStreams,
    readyBytes,
    openStreams: readyStreams,
    flush: () => void flushes++,
  };
  const scheduled: (() => void)[] = [];
  const timing = new FlushTiming(backlog, (run) => void scheduled.push(run));
  return {
    timing,
    flushes: () => flushes,
    scheduled,
    endTurn: () => {
      for (const run of scheduled.splice(0)) run();
    },
  };
}

describe("the timing alone", () => {
  it("flushes once for all that got ready before whoever woke it returned", async () => {
    const { timing, flushes, scheduled } = timingOf(8);
    for (let n = 0; n < 20; n += 1) timing.ready();
    await restOfTurn();
    expect(flushes()).toBe(1);
    expect(scheduled).toHaveLength(1);
    timing.ready();
    await restOfTurn();
    expect(flushes()).toBe(2);
  });

  it("puts a flush off by one turn and no more, and only for less than a record", () => {
    const little = timingOf(2);
    little.timing.soon();
    little.endTurn();
    expect(little.flushes()).toBe(0);
    little.endTurn();
    expect(little.flushes()).toBe(1);
    little.endTurn();
    expect(little.flushes()).toBe(1);

    const much = timingOf(2, MAX_RECORD_BYTES);
    much.timing.soon();
    much.endTurn();
    expect(much.flushes()).toBe(1);
  });

  it("comes to nothing once it is stopped, whatever was due", async () => {
    const { timing, flushes, scheduled, endTurn } = timingOf(8);
    timing.ready();
    timing.stop();
    await restOfTurn();
    endTurn();
    expect(scheduled).toEqual([]);
    timing.ready();
    timing.soon();
    await restOfTurn();
    expect(scheduled).toEqual([]);
    expect(flushes()).toBe(0);
  });
});
