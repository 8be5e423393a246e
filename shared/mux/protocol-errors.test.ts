import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INNER } from "./inner-types.ts";
import { MAX_STREAMS } from "./mux-limits.ts";
import { settle } from "./testing/mux-pair.ts";
import { json, RawClient, RawNode, u32 } from "./testing/raw-peer.ts";

const BYTE = new Uint8Array([1]);
const RESET = new Uint8Array([0, 2]);
type Frames = [type: number, stream: number, payload?: Uint8Array][];

async function nodeOutcome(make: (raw: RawClient) => Frames): Promise<string | undefined> {
  const raw = new RawClient();
  return raw.outcome(...make(raw));
}

async function clientOutcome(make: (raw: RawNode) => Frames, head = {}): Promise<string | undefined> {
  const raw = new RawNode();
  await raw.open(head);
  return raw.outcome(...make(raw));
}

describe("a node ends the channel with `protocol` for", () => {
  const cases: Record<string, (raw: RawClient) => Frames> = {
    "a RESPONSE": () => [[INNER.RESPONSE, 1, json({ status: 200, headers: [] })]],
    "a stream number that skips one": (raw) => [raw.request(2)],
    "stream number zero": (raw) => [raw.request(0)],
    "a number used before": (raw) => [raw.request(1), raw.request(1)],
    "the number of a closed stream": (raw) => [raw.request(1), [INNER.RESET, 1, RESET], raw.request(1)],
    "DATA for a stream never opened": () => [[INNER.DATA, 1, BYTE]],
    "DATA for stream zero": (raw) => [raw.request(1), [INNER.DATA, 0, BYTE]],
    "END for a stream never opened": () => [[INNER.END, 7]],
    "RESET for a stream never opened": () => [[INNER.RESET, 1, RESET]],
    "WINDOW for a stream never opened": () => [[INNER.WINDOW, 1, u32(1)]],
    "WS for a stream never opened": () => [[INNER.WS, 1, new Uint8Array([4])]],
    "DATA after END": (raw) => [raw.request(1), [INNER.END, 1], [INNER.DATA, 1, BYTE]],
    "DATA after a request without body": (raw) => [raw.request(1, { end: true }), [INNER.DATA, 1, BYTE]],
    "a second END": (raw) => [raw.request(1), [INNER.END, 1], [INNER.END, 1]],
    "DATA without data": (raw) => [raw.request(1), [INNER.DATA, 1]],
    "WS where nobody asked for it": (raw) => [raw.request(1), [INNER.WS, 1, new Uint8Array([4])]],
    "WS before the 101": (raw) => [
      raw.request(1, { upgrade: "websocket" }),
      [INNER.WS, 1, new Uint8Array([6])],
    ],
    "DATA on an upgrade": (raw) => [raw.request(1, { upgrade: "websocket" }), [INNER.DATA, 1, BYTE]],
    "END on an upgrade before its answer": (raw) => [
      raw.request(1, { upgrade: "websocket" }),
      [INNER.END, 1],
    ],
    "a WINDOW of nothing": () => [[INNER.WINDOW, 0, u32(0)]],
    "a short WINDOW": () => [[INNER.WINDOW, 0, new Uint8Array(3)]],
    "a PING that is not eight bytes": () => [[INNER.PING, 0, new Uint8Array(7)]],
    "a PING on a stream": (raw) => [raw.request(1), [INNER.PING, 1, new Uint8Array(8)]],
    "a PONG that is not eight bytes": () => [[INNER.PONG, 0, new Uint8Array(9)]],
    "CONTROL on a stream": (raw) => [raw.request(1), [INNER.CONTROL, 1, json({ type: "x" })]],
    "CONTROL that is not JSON": () => [[INNER.CONTROL, 0, BYTE]],
    "a request that is not JSON": () => [[INNER.REQUEST, 1, BYTE]],
    "trailers that are not JSON": (raw) => [raw.request(1), [INNER.END, 1, BYTE]],
    "an unknown type below 0x80": () => [[0x7f, 0, BYTE]],
  };
  for (const [name, make] of Object.entries(cases)) {
    it(name, async () => expect(await nodeOutcome(make)).toBe("protocol"));
  }
});

describe("a client ends the channel with `protocol` for", () => {
  const cases: Record<string, (raw: RawNode) => Frames> = {
    "a REQUEST": () => [[INNER.REQUEST, 2, json({ method: "GET", path: "/", headers: [] })]],
    "a RESPONSE to nothing": (raw) => [raw.response(2)],
    "a second RESPONSE": (raw) => [raw.response(1), raw.response(1)],
    "DATA before the RESPONSE": () => [[INNER.DATA, 1, BYTE]],
    "END before the RESPONSE": () => [[INNER.END, 1]],
    "a 101 that nobody asked for": (raw) => [raw.response(1, 101)],
    "WS without a 101": (raw) => [raw.response(1), [INNER.WS, 1, new Uint8Array([4])]],
    "a status below 200": (raw) => [raw.response(1, 199)],
    "DATA after a RESPONSE without body": (raw) => [raw.response(1, 200, true), [INNER.DATA, 1, BYTE]],
  };
  for (const [name, make] of Object.entries(cases)) {
    it(name, async () => expect(await clientOutcome(make)).toBe("protocol"));
  }
});

describe("nothing ends for", () => {
  it("frames of a closed stream", async () => {
    const raw = new RawClient();
    const outcome = await raw.outcome(
      raw.request(1),
      [INNER.RESET, 1, RESET],
      [INNER.DATA, 1, BYTE],
      [INNER.WS, 1, BYTE],
      [INNER.END, 1],
      [INNER.WINDOW, 1, u32(5)],
      [INNER.RESET, 1, RESET],
    );
    expect(outcome).toBeUndefined();
    expect(raw.served[0]?.listener.events).toEqual(["reset cancelled"]);
  });

  it("unknown types from 0x80 up, unknown CONTROL types and PONGs out of the blue", async () => {
    const raw = new RawClient();
    const pong = new Uint8Array(8).fill(0xff);
    expect(
      await raw.outcome(
        [0x80, 9, BYTE],
        [0xff, 0],
        [INNER.CONTROL, 0, json({ type: "later" })],
        [INNER.PONG, 0, pong],
      ),
    ).toBeUndefined();
    expect(raw.log.controls).toEqual([{ type: "later" }]);
  });
});

describe("the end of a channel for `protocol`", () => {
  it("resets every stream, tells the peer, and closes the link", async () => {
    const raw = new RawClient();
    expect(await raw.outcome(raw.request(1), raw.request(2), [INNER.RESET, 2, new Uint8Array(1)])).toBe(
      "protocol",
    );
    for (const { listener } of raw.served) {
      expect(listener.failure).toEqual({ code: "cut", reason: "protocol" });
    }
    expect(raw.seen(INNER.RESET).map((frame) => frame.stream)).toEqual([1, 2]);
    const closing = JSON.parse(new TextDecoder().decode(raw.frames.at(-1)?.payload)) as unknown;
    expect(closing).toMatchObject({ type: "close", code: "protocol" });
    expect(raw.linkClose?.code).toBe(1000);
    expect(raw.log.closes).toHaveLength(1);
    expect(raw.log.closes[0]).toMatchObject({ code: "protocol", by: "local" });
  });

  it("delivers what came before the fault and nothing after", async () => {
    const raw = new RawClient();
    raw.send(raw.request(1), [INNER.DATA, 1, BYTE], [0x7f, 0], [INNER.DATA, 1, BYTE]);
    raw.send([INNER.DATA, 1, BYTE]);
    await settle(5);
    expect(raw.served[0]?.listener.events).toEqual(["data", "reset cut"]);
    expect(raw.served[0]?.listener.received).toBe(1);
  });
});

it("random frames and bytes end a channel or not, but never crash it", async () => {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(
      json({ method: "GET", path: "/", headers: [], end: true }),
      json({ type: "drain" }),
      u32(7),
      RESET,
    ),
  );
  const frame = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 4 }), payload);
  const record = fc.oneof(
    { weight: 8, arbitrary: fc.array(frame, { maxLength: 6 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 256, maxLength: 256 }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 8 }), async (records) => {
      const raw = new RawClient();
      const other = new RawNode();
      void other.open();
      for (const item of records) {
        if (item instanceof Uint8Array) {
          raw.sendRecord(item);
          other.sendRecord(item);
        } else {
          raw.send(...item);
          other.send(...item);
        }
      }
      await settle(3);
      for (const log of [raw.log, other.log]) {
        expect([undefined, "protocol"]).toContain(log.closeCode);
        expect(log.faults).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

it("a listener that throws loses its own stream, and the error is told", async () => {
  const raw = new RawNode();
  const first = await raw.open();
  const second = await raw.open();
  first.data = () => {
    throw new Error("bug");
  };
  const outcome = await raw.outcome(
    raw.response(1),
    raw.response(2),
    [INNER.DATA, 1, BYTE],
    [INNER.DATA, 2, BYTE],
  );
  expect(outcome).toBeUndefined();
  expect(raw.log.faults).toEqual([new Error("bug")]);
  expect(first.events).toEqual(["response", "reset internal"]);
  expect(second.events).toEqual(["response", "data"]);
  expect(raw.seen(INNER.RESET)).toHaveLength(1);
});

describe("floods", () => {
  it("of streams are refused one by one, and the channel lives", async () => {
    const raw = new RawClient();
    const frames = Array.from({ length: MAX_STREAMS + 50 }, (_, n) => raw.request(n + 1));
    expect(await raw.outcome(...frames)).toBeUndefined();
    expect(raw.served).toHaveLength(MAX_STREAMS);
    const refused = raw.seen(INNER.RESET);
    expect(refused.map(({ stream }) => stream)).toEqual(
      Array.from({ length: 50 }, (_, n) => MAX_STREAMS + 1 + n),
    );
    expect(refused[0]?.payload).toEqual(new Uint8Array([0, 1]));
  });

  it.each([
    ["pings", 64, (n: number) => [[INNER.PING, 0, new Uint8Array(8).fill(n)]]],
    ["control messages", 4096, () => [[INNER.CONTROL, 0, json({ type: "x" })]]],
    [
      "streams opened to be reset",
      4096,
      (n: number) => [
        [INNER.REQUEST, n, json({ method: "GET", path: "/", headers: [] })],
        [INNER.RESET, n, RESET],
      ],
    ],
  ] as [string, number, (n: number) => Frames][])(
    "of %s are borne up to %i at once",
    async (_, burst, make) => {
      const raw = new RawClient();
      for (let n = 1; n <= burst; n++) raw.send(...make(n));
      await settle(5);
      expect(raw.log.closeCode).toBeUndefined();
      expect(await raw.outcome(...make(burst + 1))).toBe("busy");
    },
  );

  it("of pings are borne again after a while", async () => {
    const raw = new RawClient();
    const ping: Frames[number] = [INNER.PING, 0, new Uint8Array(8)];
    expect(await raw.outcome(...Array.from({ length: 64 }, () => ping))).toBeUndefined();
    raw.clock.advance(1000);
    expect(await raw.outcome(...Array.from({ length: 32 }, () => ping))).toBeUndefined();
    expect(await raw.outcome(ping)).toBe("busy");
  });

  it("of frames and bytes without credit end the channel", async () => {
    const frames = new RawClient();
    const full: Frames = Array.from({ length: 7000 }, () => [INNER.WINDOW, 0, u32(1)]);
    for (let n = 0; n < 37; n++) frames.send(...full.slice(0, 5000));
    await settle(5);
    expect(frames.log.closeCode).toBeUndefined();
    for (let n = 0; n < 16; n++) frames.send(...full.slice(0, 5000));
    await settle(5);
    expect(frames.log.closeCode).toBe("busy");

    const bytes = new RawClient();
    const empty = new Uint8Array(63_488);
    for (let n = 0; n < 1000; n++) bytes.sendRecord(empty);
    await settle(5);
    expect(bytes.log.closeCode).toBeUndefined();
    for (let n = 0; n < 60; n++) bytes.sendRecord(empty);
    await settle(5);
    expect(bytes.log.closeCode).toBe("busy");
  });

  it("of answers that the peer does not read end the channel", async () => {
    const raw = new RawClient();
    // Nothing leaves: the link is full from the start.
    raw.links[0].held = true;
    raw.links[0].send(new Uint8Array(256 * 1024));
    raw.node.sendControl({ type: "x", pad: "a".repeat(60_000) });
    for (let n = 0; n < 16; n++) raw.node.sendControl({ type: "x", pad: "a".repeat(60_000) });
    expect(await raw.outcome([INNER.PING, 0, new Uint8Array(8)])).toBeUndefined();
    raw.node.sendControl({ type: "x", pad: "a".repeat(60_000) });
    expect(await raw.outcome([INNER.PING, 0, new Uint8Array(8)])).toBe("busy");
  });
});
