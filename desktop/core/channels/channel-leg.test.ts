import { describe, expect, it } from "vitest";
import type { LinkClose } from "#shared/link.ts";
import type { Frame } from "../connector/relay-link.ts";
import { ChannelLeg, SOCKET_QUEUE_BYTES } from "./channel-leg.ts";

function setUp() {
  const sent: Frame[] = [];
  const link = {
    queuedBytes: 0,
    send(frame: Frame) {
      sent.push(frame);
    },
  };
  const leg = new ChannelLeg({ link });
  const accept = (number: number) => {
    const channel = leg.accept(number);
    if (channel === undefined) throw new Error("refused");
    const seen: string[] = [];
    channel.listen({
      message: (frame) => seen.push(`got ${Buffer.from(frame).toString("hex")}`),
      drained: () => seen.push("drained"),
      closed: ({ code }: LinkClose) => seen.push(`closed ${code}`),
    });
    return { channel, seen };
  };
  /** What was sent: `number:first byte`, or the text. */
  const shown = () =>
    sent
      .splice(0)
      .map((frame) =>
        typeof frame === "string"
          ? frame
          : `${new DataView(frame.buffer, frame.byteOffset).getUint32(0)}:${frame[4]}`,
      );
  return { link, leg, accept, shown };
}

const frame = (mark: number, length = 1) => new Uint8Array(length).fill(mark);

describe("channels of one socket", () => {
  it("carry their number before each frame, both ways", () => {
    const { leg, accept, shown } = setUp();
    const { channel, seen } = accept(1);
    channel.send(frame(7));
    expect(shown()).toEqual(["1:7"]);
    leg.receive(Uint8Array.of(0, 0, 0, 1, 9, 8));
    expect(seen).toEqual(["got 0908"]);
  });

  it("send a frame that was written into memory of their own, and one that was not", () => {
    const { accept, shown } = setUp();
    const { channel } = accept(1);
    const lent = channel.lend?.(3) ?? new Uint8Array(0);
    expect(lent).toHaveLength(3);
    lent.fill(7);
    channel.send(lent);
    channel.lend?.(5);
    channel.send(frame(8));
    expect(shown()).toEqual(["1:7", "1:8"]);
  });

  it("drop what is for nobody, and what is no frame", () => {
    const { leg, accept } = setUp();
    const { seen } = accept(1);
    for (const message of [[], [0, 0, 0], [0, 0, 0, 2, 1], [1, 0, 0, 1, 1]])
      leg.receive(Uint8Array.from(message));
    const longest = new Uint8Array(4 + 65_536);
    longest[3] = 1;
    leg.receive(longest);
    expect(seen).toHaveLength(1);
    const tooLong = new Uint8Array(4 + 65_537);
    tooLong[3] = 1;
    leg.receive(tooLong);
    expect(seen).toHaveLength(1);
  });

  it("have numbers that rise and are never used again", () => {
    const { leg, accept } = setUp();
    accept(3);
    expect(leg.accept(3)).toBeUndefined();
    expect(leg.accept(2)).toBeUndefined();
    leg.closedByRelay(3);
    expect(leg.accept(3)).toBeUndefined();
    accept(4);
    expect(leg.size).toBe(1);
  });

  it("wait while the socket is full and then take turns, one frame each", () => {
    const { leg, link, accept, shown } = setUp();
    const one = accept(1);
    const two = accept(2);
    link.queuedBytes = SOCKET_QUEUE_BYTES;
    for (const mark of [10, 11, 12]) one.channel.send(frame(mark, 100));
    two.channel.send(frame(20, 50));
    expect(shown()).toEqual([]);
    expect(one.channel.queuedBytes).toBe(300);
    link.queuedBytes = SOCKET_QUEUE_BYTES - 1;
    leg.pump();
    expect(shown()).toEqual(["1:10", "2:20", "1:11", "1:12"]);
    expect(one.channel.queuedBytes).toBe(0);
    expect([one.seen, two.seen]).toEqual([["drained"], ["drained"]]);
  });

  it("say goodbye after what they have queued, and hear nothing more", () => {
    const { leg, link, accept, shown } = setUp();
    const { channel, seen } = accept(1);
    link.queuedBytes = SOCKET_QUEUE_BYTES;
    channel.send(frame(1));
    channel.close(4403, "denied");
    channel.send(frame(2));
    leg.receive(Uint8Array.of(0, 0, 0, 1, 9));
    expect(seen).toEqual([]);
    link.queuedBytes = 0;
    leg.pump();
    expect(shown()).toEqual(["1:1", '{"type":"channel_close","channel":1,"code":4403}']);
    expect(seen).toEqual(["closed 4403"]);
    expect(leg.size).toBe(0);
  });

  it("keep close codes that a relay must not send to themselves", () => {
    const { accept, shown } = setUp();
    accept(1).channel.close(1008, "");
    expect(shown()).toEqual(['{"type":"channel_close","channel":1}']);
  });

  it("end with their client, and with the connection", () => {
    const { leg, accept, shown } = setUp();
    const one = accept(1);
    const two = accept(2);
    leg.closedByRelay(1);
    leg.closedByRelay(1);
    leg.end({ code: 1006, reason: "" });
    two.channel.send(frame(1));
    two.channel.close(1000, "");
    expect(one.seen).toEqual(["closed 1001"]);
    expect(two.seen).toEqual(["closed 1006"]);
    expect(shown()).toEqual([]);
  });
});
