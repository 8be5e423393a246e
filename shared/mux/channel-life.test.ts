import { describe, expect, it } from "vitest";
import { readFrames } from "./inner-frame.ts";
import { INNER } from "./inner-types.ts";
import { MuxPair, patterned, settle } from "./testing/mux-pair.ts";
import { json, RawClient, RawNode } from "./testing/raw-peer.ts";
import { Recorder } from "./testing/recorder.ts";

describe("closing a channel", () => {
  it("tells the peer the code, cuts every stream on both sides, once", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed();
    node.stream.respond({ status: 200, headers: [] });
    node.stream.write(patterned(100));
    await settle();
    pair.node.close("revoked", "by the owner");
    expect(node.listener.failure).toEqual({ code: "cut", reason: "revoked" });
    pair.node.close("bye");
    await settle();
    expect(client.listener.events).toEqual(["response", "data", "reset denied"]);
    expect(pair.clientLog.closes).toEqual([{ code: "revoked", reason: "by the owner", by: "peer" }]);
    expect(pair.nodeLog.closes).toEqual([{ code: "revoked", reason: "by the owner", by: "local" }]);
    expect(pair.client.openStream({ method: "GET", path: "/", headers: [] }, client.listener)).toBe("closed");
  });

  it("sends nothing of a download any more, even with a full link", async () => {
    const pair = new MuxPair();
    const { node } = await pair.openServed({ end: true });
    pair.nodeLink.held = true;
    node.stream.respond({ status: 200, headers: [] });
    node.stream.write(patterned(900_000));
    await settle();
    const before = pair.nodeLink.sent.length;
    pair.node.close("revoked");
    await settle();
    expect(pair.nodeLink.sent.length).toBe(before + 1);
    const types: number[] = [];
    readFrames(pair.nodeLink.sent.at(-1) ?? new Uint8Array(0), (type) => types.push(type));
    expect(types).toEqual([INNER.RESET, INNER.CONTROL]);
  });

  it("sends the control messages that were queued before it", async () => {
    const pair = new MuxPair();
    pair.node.sendControl({ type: "paired" });
    pair.node.close("bye");
    await settle();
    expect(pair.clientLog.controls).toEqual([{ type: "paired" }]);
    expect(pair.clientLog.closeCode).toBe("bye");
  });

  it("by the link alone is a cut and never an end", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed({ end: true });
    node.stream.respond({ status: 200, headers: [] });
    node.stream.write(patterned(100));
    await settle();
    const alive = pair.client.ping(60_000);
    pair.nodeLink.close(4408, "timeout");
    await settle();
    expect(client.listener.events).toEqual(["response", "data", "reset cut"]);
    expect(node.listener.events).toEqual(["end", "reset cut"]);
    expect(pair.clientLog.closes).toEqual([
      { code: "cut", reason: "timeout", by: "link", link: { code: 4408, reason: "timeout" } },
    ]);
    expect(await alive).toBeUndefined();
    expect(await pair.client.ping(10)).toBeUndefined();
    pair.client.sendControl({ type: "late" });
    pair.client.drain();
    client.stream.reset("cancelled");
    expect(pair.clientLog.closes).toHaveLength(1);
  });

  it("with a code from the future counts as internal, and a strange reason as none", async () => {
    const raw = new RawNode();
    expect(await raw.outcome([INNER.CONTROL, 0, json({ type: "close", code: "later", reason: 7 })])).toBe(
      "internal",
    );
    expect(raw.log.closes).toEqual([{ code: "internal", reason: "", by: "peer" }]);
  });
});

describe("a channel that is over", () => {
  it("keeps nothing that is sent on it, also by those who are only now told", async () => {
    const pair = new MuxPair();
    const first = await pair.openServed();
    const second = await pair.openServed();
    first.client.listener.reset = () => void second.client.stream.write(patterned(1000));
    pair.client.close("bye");
    expect(pair.client.outgoing.waitingStreams).toBe(0);
    for (let n = 0; n < 30; n += 1) pair.client.sendControl({ type: "late", text: "x".repeat(60_000) });
    expect(pair.client.outgoing.isClogged).toBe(false);
    expect(second.client.listener.failure?.code).toBe("cut");
  });

  it("does not drain, and never says that it has drained", async () => {
    const pair = new MuxPair();
    pair.node.drain();
    pair.node.close("bye");
    pair.client.close("bye");
    pair.client.drain();
    await settle();
    expect(pair.client.isDraining).toBe(false);
    expect([...pair.clientLog.notes, ...pair.nodeLog.notes]).toEqual([]);
  });
});

describe("draining", () => {
  it("refuses new streams, finishes old ones, and then says so to both ends", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed({ end: true });
    pair.node.drain();
    pair.node.drain();
    await settle();
    expect(pair.clientLog.notes).toEqual(["draining"]);
    expect(pair.client.openStream({ method: "GET", path: "/", headers: [] }, client.listener)).toBe(
      "draining",
    );
    node.stream.respond({ status: 200, headers: [] });
    node.stream.write(patterned(1000));
    node.stream.end();
    await settle();
    expect(client.listener.events).toEqual(["response", "data", "end", "finished"]);
    expect(pair.clientLog.notes).toEqual(["draining", "drained"]);
    expect(pair.nodeLog.notes).toEqual(["drained"]);
  });

  it("refuses a request that crosses it on the way, safe to retry", async () => {
    const pair = new MuxPair();
    pair.node.drain();
    const { listener } = pair.open();
    await settle();
    expect(listener.failure?.code).toBe("refused");
    expect(pair.served).toHaveLength(0);
  });

  it("by the client stops the client itself", async () => {
    const pair = new MuxPair();
    pair.client.drain();
    expect(pair.client.openStream({ method: "GET", path: "/", headers: [] }, new Recorder())).toBe(
      "draining",
    );
    await settle();
    expect(pair.nodeLog.notes).toEqual(["draining", "drained"]);
    expect(pair.clientLog.notes).toEqual(["drained"]);
  });
});

describe("signs of life", () => {
  it("come with the round trip", async () => {
    const pair = new MuxPair();
    pair.nodeLink.held = true;
    const answer = pair.client.ping(1000);
    await settle();
    pair.clock.advance(70);
    pair.nodeLink.held = false;
    await settle();
    expect(await answer).toBe(70);
    expect(pair.client.roundTripMs).toBe(70);
  });

  it("are missed at the deadline, and one that comes late is ignored", async () => {
    const pair = new MuxPair();
    pair.nodeLink.held = true;
    const answer = pair.client.ping(1000);
    await settle();
    pair.clock.advance(999);
    const second = pair.client.ping(10_000);
    await settle();
    pair.clock.advance(1);
    expect(await answer).toBeUndefined();
    pair.nodeLink.held = false;
    await settle();
    expect(await second).toBe(1);
    expect(pair.client.roundTripMs).toBe(1);
  });

  it("pass a stream that waits for credit", async () => {
    const pair = new MuxPair({ eager: false });
    const { client } = await pair.openServed();
    client.stream.write(patterned(2_000_000));
    await settle();
    expect(await pair.client.ping(1000)).toBe(0);
  });
});

describe("CONTROL messages", () => {
  it("pass both ways, in order, before streams", async () => {
    const pair = new MuxPair();
    pair.open().stream.write(patterned(200_000));
    pair.client.sendControl({ type: "hello", features: [] });
    pair.client.sendControl({ type: "pair_confirm" });
    await settle();
    expect(pair.nodeLog.controls).toEqual([{ type: "hello", features: [] }, { type: "pair_confirm" }]);
    const raw = new RawNode();
    void raw.open();
    raw.client.sendControl({ type: "hello" });
    await settle();
    expect(raw.frames.map(({ type }) => type)).toEqual([INNER.PING, INNER.CONTROL, INNER.REQUEST]);
  });

  it("may be answered from inside the handler, close included", async () => {
    const raw = new RawClient();
    raw.log.handlers.control = () => raw.node.close("denied");
    expect(await raw.outcome([INNER.CONTROL, 0, json({ type: "hello" })], raw.request(1))).toBe("denied");
    expect(raw.served).toHaveLength(0);
  });
});
