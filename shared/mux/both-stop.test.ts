import { describe, expect, it } from "vitest";
import { MuxPair, patterned, settle } from "./testing/mux-pair.ts";

/** More than a stream may send before it is granted more. */
const LARGE_BYTES = 1_000_000;

describe("both ends of a stream that want to hear no more", () => {
  it("send what they have, and are done, however much that is", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed();
    node.stream.respond({ status: 200, headers: [] });
    for (const { stream } of [client, node]) {
      stream.write(patterned(LARGE_BYTES));
      stream.end();
      stream.stop();
    }
    await settle(200);
    expect([client.stream.isOpen, node.stream.isOpen]).toEqual([false, false]);
    expect([pair.client.openStreams, pair.node.openStreams]).toEqual([0, 0]);
    expect([pair.clientLog.closes, pair.nodeLog.closes]).toEqual([[], []]);
    const { up, down } = pair.credits();
    expect(up.sender).toBe(up.receiver);
    expect(down.sender).toBe(down.receiver);
  });
});
