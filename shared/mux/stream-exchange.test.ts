import { describe, expect, it } from "vitest";
import { MuxError } from "./mux-error.ts";
import { MAX_STREAMS } from "./mux-limits.ts";
import { MuxPair, patterned, settle } from "./testing/mux-pair.ts";
import { hashOf, Recorder } from "./testing/recorder.ts";

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MuxError) return error.code;
    throw error;
  }
  return "none";
}

describe("an exchange", () => {
  it("carries heads, bodies and trailers both ways", async () => {
    const pair = new MuxPair();
    const headers = [["x-a", "é"]] as const;
    const { client, node } = await pair.openServed({ method: "POST", path: "/x?y", headers });
    expect(node.stream.request).toEqual({ method: "POST", path: "/x?y", headers });
    const up = patterned(300_000);
    const down = patterned(500_000, 9);
    client.stream.write(up);
    client.stream.end([["t", "1"]]);
    node.stream.respond({
      status: 201,
      headers: [
        ["set-cookie", "a"],
        ["set-cookie", "b"],
      ],
    });
    node.stream.write(down);
    node.stream.end();
    await settle();
    expect(node.listener.events).toEqual(["data", "end", "finished"]);
    expect(node.listener.hash).toBe(hashOf(up));
    expect(node.listener.trailers).toEqual([["t", "1"]]);
    expect(client.listener.events).toEqual(["response", "data", "end", "finished"]);
    expect(client.listener.head).toEqual({
      status: 201,
      headers: [
        ["set-cookie", "a"],
        ["set-cookie", "b"],
      ],
    });
    expect(client.listener.hash).toBe(hashOf(down));
    expect([pair.client.openStreams, pair.node.openStreams]).toEqual([0, 0]);
    expect(client.stream.isOpen).toBe(false);
  });

  it("is over at once when both heads say so", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed({ end: true });
    expect(node.listener.events).toEqual(["end"]);
    node.stream.respond({ status: 204, headers: [], end: true });
    await settle();
    expect(node.listener.events).toEqual(["end", "finished"]);
    expect(client.listener.events).toEqual(["response", "end", "finished"]);
  });

  it("can be answered before the request body has ended", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed();
    node.stream.respond({ status: 200, headers: [] });
    node.stream.write(patterned(10));
    node.stream.end();
    await settle();
    expect(client.listener.events).toEqual(["response", "data", "end"]);
    client.stream.write(patterned(20));
    client.stream.end();
    await settle();
    expect(node.listener.events).toEqual(["data", "end", "finished"]);
    expect(node.listener.received).toBe(20);
    expect(client.listener.events).toEqual(["response", "data", "end", "finished"]);
  });

  it("stops a body that is no longer needed without losing the answer", async () => {
    const pair = new MuxPair({ eager: false });
    const { client, node } = await pair.openServed();
    client.stream.write(patterned(1_000_000));
    await settle();
    expect(client.stream.bufferedBytes).toBeGreaterThan(0);
    node.stream.respond({ status: 413, headers: [], end: true });
    node.stream.stop();
    await settle();
    expect(client.listener.events).toEqual(["response", "end", "stopped", "finished"]);
    expect(node.listener.events).toEqual(["data", "finished"]);
    expect(client.stream.write(patterned(5))).toBe(false);
    expect(pair.clientLog.closes).toEqual([]);
    expect(pair.node.budget.used).toEqual({ streams: 0, growthBytes: 0 });
  });

  it("may be stopped by the client too, once its own body is complete", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed({ end: true });
    node.stream.respond({ status: 200, headers: [] });
    node.stream.write(patterned(100));
    await settle();
    client.stream.stop();
    node.stream.write(patterned(100));
    await settle();
    expect(node.listener.events).toEqual(["end", "stopped", "finished"]);
    expect(client.listener.events).toEqual(["response", "data", "finished"]);
  });

  it("needs no RESET when the peer ends while a stop is on its way", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed();
    client.stream.end();
    await settle();
    node.stream.respond({ status: 200, headers: [] });
    node.stream.end();
    node.stream.stop();
    await settle();
    expect(client.listener.events).toEqual(["response", "end", "finished"]);
    expect(node.listener.events).toEqual(["end", "finished"]);
  });

  it("is given up by either side with a reason", async () => {
    const pair = new MuxPair();
    const one = await pair.openServed();
    one.client.stream.write(patterned(10));
    one.client.stream.reset("cancelled", "user left");
    await settle();
    expect(one.node.listener.failure).toEqual({ code: "cancelled", reason: "user left" });
    expect(one.client.listener.events).toEqual([]);
    const two = await pair.openServed();
    two.node.stream.respond({ status: 200, headers: [] });
    two.node.stream.write(patterned(10));
    await settle();
    two.node.stream.reset("unreachable");
    await settle();
    expect(two.client.listener.events).toEqual(["response", "data", "reset unreachable"]);
    expect(two.node.listener.events).toEqual([]);
    expect([pair.client.openStreams, pair.node.openStreams]).toEqual([0, 0]);
  });

  it("that was reset before its request left is never seen by the node", async () => {
    const pair = new MuxPair();
    pair.open().stream.reset("cancelled");
    const { node } = await pair.openServed({ path: "/second" });
    expect(node.stream.id).toBe(1);
    expect(node.stream.request.path).toBe("/second");
  });

  it("ignores writing after it is over, and refuses it after its own end", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed();
    client.stream.end();
    expect(codeOf(() => client.stream.write(patterned(1)))).toBe("wrong_state");
    client.stream.end();
    expect(codeOf(() => node.stream.write(patterned(1)))).toBe("wrong_state");
    expect(codeOf(() => node.stream.end())).toBe("wrong_state");
    node.stream.respond({ status: 200, headers: [] });
    expect(codeOf(() => node.stream.respond({ status: 200, headers: [] }))).toBe("wrong_state");
    expect(codeOf(() => node.stream.stop())).toBe("wrong_state");
    node.stream.reset("internal");
    node.stream.respond({ status: 200, headers: [] });
    node.stream.end();
    node.stream.stop();
    expect(node.stream.write(patterned(1))).toBe(false);
    expect(codeOf(() => client.stream.stop())).toBe("none");
  });

  it("refuses heads that HTTP does not allow and can then be answered properly", async () => {
    const pair = new MuxPair();
    expect(codeOf(() => pair.open({ path: "a b" }))).toBe("bad_head");
    expect(pair.client.budget.used.streams).toBe(0);
    const { client, node } = await pair.openServed({ end: true });
    expect(codeOf(() => node.stream.respond({ status: 200, headers: [["a", "\n"]] }))).toBe("bad_head");
    expect(codeOf(() => node.stream.respond({ status: 101, headers: [] }))).toBe("bad_head");
    node.stream.respond({ status: 502, headers: [], end: true });
    await settle();
    expect(client.listener.head?.status).toBe(502);
  });

  it("tells a writer when to wait and when there is room again", async () => {
    const pair = new MuxPair({ eager: false });
    const { client, node } = await pair.openServed();
    expect(client.stream.write(patterned(128 * 1024 - 1))).toBe(true);
    expect(client.stream.write(patterned(1))).toBe(false);
    let calls = 0;
    client.listener.onWritable = () => calls++;
    await settle();
    expect(calls).toBe(1);
    // The node consumes nothing: after its window has gone out, the rest stays here.
    expect(client.stream.write(patterned(256 * 1024))).toBe(false);
    await settle();
    expect(client.stream.bufferedBytes).toBe(128 * 1024);
    expect(calls).toBe(1);
    node.listener.consume();
    await settle();
    expect(client.stream.bufferedBytes).toBe(0);
    expect(calls).toBe(2);
  });
});

describe("numbers of streams", () => {
  it("rise from one and stop at 128 open ones", async () => {
    const pair = new MuxPair();
    const opened = Array.from({ length: MAX_STREAMS }, () => pair.open());
    expect(pair.client.openStream({ method: "GET", path: "/", headers: [] }, new Recorder())).toBe("busy");
    await settle();
    expect(pair.served.map(({ stream }) => stream.id)).toEqual(opened.map((_, n) => n + 1));
    opened[5]?.stream.reset("cancelled");
    expect((await pair.openServed()).node.stream.id).toBe(MAX_STREAMS + 1);
  });

  it("count a finished stream as long as its bytes are not consumed", async () => {
    const pair = new MuxPair({ eager: false });
    for (let n = 0; n < MAX_STREAMS; n++) {
      const { client, node } = await pair.openServed();
      client.stream.write(patterned(1));
      client.stream.end();
      node.stream.respond({ status: 204, headers: [], end: true });
      await settle(5);
      expect(client.listener.events).toContain("finished");
    }
    expect(pair.node.openStreams).toBe(0);
    const { listener } = pair.open();
    await settle();
    expect(listener.events).toEqual(["reset refused"]);
    pair.served[0]?.listener.consume();
    pair.served[1]?.stream.reset("cancelled");
    await pair.openServed();
    await pair.openServed();
  });
});
