import { describe, expect, it } from "vitest";
import { INNER } from "./inner-types.ts";
import { CHANNEL_WINDOW_BYTES, MAX_STREAMS } from "./mux-limits.ts";
import { encodeReset } from "./payloads.ts";
import type { NodeStream } from "./stream.ts";
import { MuxPair, patterned, settle } from "./testing/mux-pair.ts";
import { RawClient, u32 } from "./testing/raw-peer.ts";

const CANCELLED = encodeReset("cancelled", "");
const BODY_BYTES = 100_000;

/** Asks for something, sees the answer begun, and takes the request back; so many times. */
async function askAndCancel(raw: RawClient, from: number, times: number): Promise<void> {
  for (let id = from; id < from + times; id += 1) {
    raw.send(raw.request(id, { end: true }));
    await settle(2);
    answer(raw.served.at(-1)?.stream);
    await settle(2);
    raw.send([INNER.RESET, id, CANCELLED]);
    await settle(2);
  }
}

function answer(stream: NodeStream | undefined): void {
  stream?.respond({ status: 200, headers: [] });
  stream?.write(patterned(BODY_BYTES));
  stream?.end();
}

/** Streams whose answers use up what a channel may send at its start. */
const FILLING = Math.ceil(CHANNEL_WINDOW_BYTES / BODY_BYTES);

describe("streams that were reset while they waited", () => {
  it("for credit that the peer never gives are let go of", async () => {
    const raw = new RawClient();
    await askAndCancel(raw, 1, FILLING + 3 * MAX_STREAMS);
    expect(raw.served.length).toBe(FILLING + 3 * MAX_STREAMS);
    expect(raw.node.openStreams).toBe(0);
    expect(raw.node.outgoing.waitingStreams).toBeLessThanOrEqual(MAX_STREAMS);
  });

  it("for a peer that does not read are let go of", async () => {
    const raw = new RawClient();
    raw.links[0].held = true;
    await askAndCancel(raw, 1, FILLING + 3 * MAX_STREAMS);
    expect(raw.node.openStreams).toBe(0);
    expect(raw.node.outgoing.waitingStreams).toBeLessThanOrEqual(MAX_STREAMS);
  });

  it("on a client for a link that takes nothing are let go of, and never had a number", async () => {
    const pair = new MuxPair({ settings: { linkQueueBytes: 1 } });
    pair.clientLink.held = true;
    const first = pair.open();
    await settle();
    for (let n = 0; n < 3 * MAX_STREAMS; n += 1) pair.open().stream.reset("cancelled");
    const last = pair.open();
    expect(pair.client.outgoing.waitingStreams).toBeLessThanOrEqual(MAX_STREAMS + 1);
    pair.clientLink.held = false;
    await settle();
    expect([first.stream.id, last.stream.id]).toEqual([1, 2]);
    expect(pair.served).toHaveLength(2);
  });

  it("take nobody else's turn with them", async () => {
    const raw = new RawClient();
    const living = [1, 2, 3].map((n) => FILLING + n);
    await askAndCancel(raw, 1, FILLING);
    for (const id of living) {
      raw.send(raw.request(id, { end: true }));
      await settle(2);
      answer(raw.served.at(-1)?.stream);
    }
    await askAndCancel(raw, FILLING + 4, 2 * MAX_STREAMS);
    expect(raw.seen(INNER.END).filter(({ stream }) => living.includes(stream))).toEqual([]);
    raw.send([INNER.WINDOW, 0, u32(CHANNEL_WINDOW_BYTES)]);
    await settle();
    expect(raw.seen(INNER.END).map(({ stream }) => stream)).toEqual(expect.arrayContaining(living));
    const received = living.map((id) =>
      raw
        .seen(INNER.DATA)
        .filter(({ stream }) => stream === id)
        .reduce((sum, { payload }) => sum + payload.length, 0),
    );
    expect(received).toEqual(living.map(() => BODY_BYTES));
  });
});
