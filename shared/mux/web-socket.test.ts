import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INNER, WS_FLAG } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import { MAX_MESSAGE_BYTES, STREAM_WINDOW_BYTES } from "./mux-limits.ts";
import { MuxPair, patterned, settle } from "./testing/mux-pair.ts";
import { RawClient } from "./testing/raw-peer.ts";
import { hashOf, Recorder } from "./testing/recorder.ts";

const UPGRADE = { upgrade: "websocket" } as const;
const text = (value: string) => new TextEncoder().encode(value);

async function connected(eager = true) {
  const pair = new MuxPair({ eager });
  const { client, node } = await pair.openServed(UPGRADE, new Recorder({ eager }));
  node.stream.respond({ status: 101, headers: [] });
  await settle();
  return { pair, client, node };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MuxError) return error.code;
    throw error;
  }
  return "none";
}

describe("a WebSocket in a stream", () => {
  it("carries text and binary messages both ways, empty ones too, in order", async () => {
    const { client, node } = await connected();
    client.stream.sendMessage(text("hello"), true);
    client.stream.sendMessage(new Uint8Array(0), false);
    client.stream.sendMessage(new Uint8Array(0), true);
    client.stream.sendMessage(patterned(300), false);
    node.stream.sendMessage(text("é"), true);
    await settle();
    expect(node.listener.messages).toEqual([
      { bytes: text("hello"), isText: true },
      { bytes: new Uint8Array(0), isText: false },
      { bytes: new Uint8Array(0), isText: true },
      { bytes: patterned(300), isText: false },
    ]);
    expect(client.listener.messages).toEqual([{ bytes: text("é"), isText: true }]);
  });

  it("closes in each direction with code and reason", async () => {
    const { pair, client, node } = await connected();
    client.stream.sendMessage(text("last"), true);
    client.stream.sendMessageClose(4000, "done");
    await settle();
    expect(node.listener.events).toEqual(["message", "close done", "end"]);
    expect(node.listener.closeCode).toBe(4000);
    node.stream.sendMessage(text("after"), true);
    node.stream.sendMessageClose();
    await settle();
    expect(client.listener.events).toEqual(["response", "message", "close ", "end", "finished"]);
    expect(client.listener.closeCode).toBe(1005);
    expect(node.listener.events.at(-1)).toBe("finished");
    expect(pair.node.budget.used).toEqual({ streams: 0, growthBytes: 0 });
  });

  it("may be answered with something else, and then carries a body", async () => {
    const pair = new MuxPair();
    const { client, node } = await pair.openServed(UPGRADE);
    expect(codeOf(() => client.stream.sendMessage(text("x"), true))).toBe("wrong_state");
    expect(codeOf(() => client.stream.end())).toBe("wrong_state");
    node.stream.respond({ status: 403, headers: [] });
    node.stream.write(text("no"));
    node.stream.end();
    await settle();
    expect(client.listener.events).toEqual(["response", "data", "end", "finished"]);
    expect(node.listener.events).toEqual(["end", "finished"]);
  });

  it("takes no body bytes, and a plain stream no messages", async () => {
    const { client, node } = await connected();
    expect(codeOf(() => client.stream.write(text("x")))).toBe("wrong_state");
    expect(codeOf(() => node.stream.write(text("x")))).toBe("wrong_state");
    const plain = await new MuxPair().openServed();
    expect(codeOf(() => plain.client.stream.sendMessage(text("x"), true))).toBe("wrong_state");
  });

  it("splits a message of 16 MiB and puts it together again; one byte more is refused", async () => {
    const { pair, client, node } = await connected(false);
    expect(codeOf(() => client.stream.sendMessage(new Uint8Array(MAX_MESSAGE_BYTES + 1), false))).toBe(
      "message_too_large",
    );
    const big = patterned(MAX_MESSAGE_BYTES);
    expect(client.stream.sendMessage(big, false)).toBe(false);
    client.stream.sendMessage(text("next"), true);
    await settle(400);
    expect(node.listener.messages[0]?.bytes.length).toBe(MAX_MESSAGE_BYTES);
    expect(hashOf(node.listener.messages[0]?.bytes ?? text(""))).toBe(hashOf(big));
    expect(pair.node.budget.used.growthBytes).toBeGreaterThan(MAX_MESSAGE_BYTES / 2);
    node.listener.consume();
    await settle();
    expect(node.listener.messages[1]?.bytes).toEqual(text("next"));
    expect(pair.node.budget.used.growthBytes).toBe(0);
  });

  it("reassembles while control and another stream pass between the fragments", async () => {
    const { pair, client, node } = await connected();
    client.stream.sendMessage(patterned(1_000_000), false);
    const other = pair.open({ end: true });
    await settle(3);
    expect(pair.served[1]?.listener.events).toEqual(["end"]);
    other.stream.reset("cancelled");
    await settle(40);
    expect(hashOf(node.listener.messages[0]?.bytes ?? text(""))).toBe(hashOf(patterned(1_000_000)));
  });

  it("counts its bytes against credit: a reader that consumes nothing gets one window", async () => {
    const { client, node } = await connected(false);
    const size = 1023;
    for (let n = 0; n < 1000; n++) client.stream.sendMessage(patterned(size), false);
    await settle(40);
    // Where a record ends a message is split, which costs a byte of flags.
    expect(node.listener.unconsumed).toBeGreaterThan(STREAM_WINDOW_BYTES - 2 * size);
    expect(node.listener.unconsumed).toBeLessThanOrEqual(STREAM_WINDOW_BYTES);
    node.listener.eager = true;
    node.listener.consume();
    await settle(40);
    expect(node.listener.messages).toHaveLength(1000);
  });

  it("charges an empty message one byte, so that a flood of them is bounded", async () => {
    const { client, node } = await connected(false);
    for (let n = 0; n < STREAM_WINDOW_BYTES + 10; n++) client.stream.sendMessage(new Uint8Array(0), false);
    await settle(100);
    expect(node.listener.messages).toHaveLength(STREAM_WINDOW_BYTES);
  });

  it("resets a message there is no room for, and others go on", async () => {
    const pair = new MuxPair({ eager: false });
    const sockets = [];
    for (let n = 0; n < 3; n++) {
      const { client, node } = await pair.openServed(UPGRADE);
      node.stream.respond({ status: 101, headers: [] });
      await settle();
      client.stream.sendMessage(new Uint8Array(MAX_MESSAGE_BYTES), false);
      await settle(400);
      sockets.push({ client, node });
    }
    const outcomes = sockets.map(({ node }) => node.listener.failure?.code ?? node.listener.messages.length);
    expect(outcomes).toEqual([1, 1, "too_large"]);
    expect(sockets[2]?.client.listener.failure?.code).toBe("too_large");
    expect(pair.nodeLog.closes).toEqual([]);
  });
});

it("messages of any sizes arrive whole and in order, however slowly they are consumed", async () => {
  const length = fc.oneof(fc.nat(200), fc.nat(70_000), fc.nat(400_000));
  const messages = fc.array(fc.tuple(length, fc.boolean(), fc.nat(2)), {
    minLength: 1,
    maxLength: 12,
    size: "max",
  });
  await fc.assert(
    fc.asyncProperty(messages, async (list) => {
      const { pair, client, node } = await connected(false);
      for (const [n, [size, isText, turns]] of list.entries()) {
        client.stream.sendMessage(patterned(size, n), isText);
        await settle(turns);
        if (turns === 0) node.listener.consume();
      }
      client.stream.sendMessageClose(1000);
      node.stream.sendMessageClose(1000);
      for (let turn = 0; turn < 200 && node.stream.isOpen; turn++) {
        await settle(4);
        node.listener.consume();
      }
      const sent = list.map(([size, isText], n) => [hashOf(patterned(size, n)), isText]);
      expect(node.listener.messages.map(({ bytes, isText }) => [hashOf(bytes), isText])).toEqual(sent);
      expect(node.listener.events.slice(-3)).toEqual(["close ", "end", "finished"]);
      expect(pair.node.budget.used).toEqual({ streams: 0, growthBytes: 0 });
    }),
    { numRuns: 40 },
  );
});

describe("WS frames of a peer that breaks the rules", () => {
  async function server() {
    const raw = new RawClient();
    raw.send(raw.request(1, UPGRADE));
    await settle(3);
    raw.served[0]?.stream.respond({ status: 101, headers: [] });
    await settle(3);
    return raw;
  }
  const frame = (flags: number, payload = ""): [number, number, Uint8Array] => {
    return [INNER.WS, 1, new Uint8Array([flags, ...text(payload)])];
  };
  const { TEXT, BINARY, FINAL, CLOSE } = WS_FLAG;

  it.each([
    ["a continuation of nothing", [frame(FINAL, "x")]],
    ["a message inside a message", [frame(TEXT, "x"), frame(BINARY | FINAL, "y")]],
    ["both kinds at once", [frame(TEXT | BINARY | FINAL)]],
    ["CLOSE with FINAL", [frame(CLOSE | FINAL, "\u0003\u00e8")]],
    ["CLOSE without a code", [frame(CLOSE)]],
    ["a message after CLOSE", [frame(CLOSE, "\u0010\u0000"), frame(TEXT | FINAL)]],
    ["END inside a message", [frame(TEXT, "x"), [INNER.END, 1]]],
    ["DATA", [[INNER.DATA, 1, text("x")]]],
    ["no flags", [[INNER.WS, 1, new Uint8Array(0)]]],
  ] as [string, [number, number, Uint8Array?][]][])("end the channel for %s", async (_, frames) => {
    expect(await (await server()).outcome(...frames)).toBe("protocol");
  });

  it("may close in the middle of a message, which is then dropped", async () => {
    const raw = await server();
    expect(await raw.outcome(frame(TEXT, "x"), frame(CLOSE, "\u0010\u0000"), [INNER.END, 1])).toBeUndefined();
    expect(raw.served[0]?.listener.events).toEqual(["close ", "end"]);
    expect(raw.served[0]?.listener.closeCode).toBe(4096);
    raw.served[0]?.stream.sendMessageClose();
    await settle(3);
    expect(raw.served[0]?.listener.events.at(-1)).toBe("finished");
    expect(raw.node.budget.used).toEqual({ streams: 0, growthBytes: 0 });
  });

  it("are dropped from the middle of a message on, when nobody wants more", async () => {
    const raw = await server();
    raw.send(frame(TEXT, "x"));
    await settle(3);
    raw.links[0].held = true;
    raw.links[0].send(new Uint8Array(256 * 1024));
    raw.served[0]?.stream.sendMessageClose();
    raw.served[0]?.stream.stop();
    // Nothing of that has left when the rest comes.
    expect(await raw.outcome(frame(FINAL, "y"), frame(TEXT | FINAL, "z"), [INNER.END, 1])).toBeUndefined();
    expect(raw.served[0]?.listener.events).toEqual([]);
    expect(raw.node.budget.used).toEqual({ streams: 0, growthBytes: 0 });
  });

  it("are put together from fragments, empty ones among them", async () => {
    const raw = await server();
    expect(await raw.outcome(frame(TEXT, "a"), frame(0), frame(0, "b"), frame(FINAL, "c"))).toBeUndefined();
    expect(raw.served[0]?.listener.messages).toEqual([{ bytes: text("abc"), isText: true }]);
  });

  it("are reset when a message grows above 16 MiB", async () => {
    const raw = await server();
    const piece = new Uint8Array(62_000);
    for (let sent = 0; sent <= MAX_MESSAGE_BYTES; sent += piece.length - 1) {
      piece[0] = sent === 0 ? BINARY : 0;
      raw.send([INNER.WS, 1, piece.slice()]);
      await settle(2);
    }
    expect(raw.served[0]?.listener.events).toEqual(["reset too_large"]);
    expect(raw.log.closes).toEqual([]);
    expect(raw.node.budget.used).toEqual({ streams: 0, growthBytes: 0 });
  });
});
