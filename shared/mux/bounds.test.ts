import { describe, expect, it } from "vitest";
import { INNER } from "./inner-types.ts";
import { CHANNEL_WINDOW_BYTES, MAX_CONTROL_QUEUE_BYTES, MAX_STREAMS } from "./mux-limits.ts";
import { Outgoing, type Sender } from "./outgoing.ts";
import { StreamCore } from "./stream-core.ts";
import { MuxPair, patterned, settle } from "./testing/mux-pair.ts";
import { json, RawClient, RawNode } from "./testing/raw-peer.ts";
import { Recorder } from "./testing/recorder.ts";
import { WindowBudget } from "./window-budget.ts";

const GET = { method: "GET", path: "/", headers: [] };

describe("128 streams, on the client", () => {
  it("are busy also when what they receive is complete and they alone still send", async () => {
    const pair = new MuxPair();
    for (let n = 0; n < MAX_STREAMS; n += 1) pair.open();
    await settle();
    for (const { stream } of pair.served) stream.respond({ status: 200, headers: [], end: true });
    await settle();
    expect(pair.client.budget.used.streams).toBe(0);
    expect(pair.client.openStream(GET, new Recorder())).toBe("busy");
  });

  it("are busy also when they are over and nobody has taken what they received", async () => {
    const pair = new MuxPair();
    const clients = Array.from({ length: MAX_STREAMS }, () =>
      pair.open({ end: true }, new Recorder({ eager: false })),
    );
    await settle();
    for (const { stream } of pair.served) {
      stream.respond({ status: 200, headers: [] });
      stream.write(patterned(10));
      stream.end();
    }
    await settle();
    expect(pair.client.openStreams).toBe(0);
    expect(pair.client.openStream(GET, new Recorder())).toBe("busy");
    expect(pair.client.openStreams).toBe(0);
    clients[0]?.listener.consume();
    expect(pair.client.openStream(GET, new Recorder())).toBeTypeOf("object");
  });
});

describe("a node", () => {
  it("refuses the 129th stream also when the requests of the others are complete", async () => {
    const raw = new RawClient();
    for (let id = 1; id <= MAX_STREAMS; id += 1) raw.send(raw.request(id, { end: true }));
    await settle();
    expect(raw.node.budget.used.streams).toBe(0);
    raw.send(raw.request(MAX_STREAMS + 1, { end: true }));
    await settle();
    expect(raw.seen(INNER.RESET).map(({ stream }) => stream)).toEqual([MAX_STREAMS + 1]);
    expect(raw.served).toHaveLength(MAX_STREAMS);
  });

  it("bears so many streams to refuse and no more", async () => {
    const raw = new RawClient();
    raw.node.drain();
    const ask = (from: number, to: number) => {
      for (let id = from; id <= to; id += 1) raw.send(raw.request(id));
    };
    ask(1, 4096);
    await settle();
    expect(raw.log.closeCode).toBeUndefined();
    ask(4097, 4097);
    await settle();
    expect(raw.log.closeCode).toBe("busy");
  });

  it("counts a stream once in what channels share, when it is refused a window and when it is over", async () => {
    let open = 0;
    const parent = new WindowBudget({
      open: () => ++open > 0,
      shut: () => void open--,
      take: () => open < 2,
      release: () => undefined,
      grow: () => 0,
      shrink: () => undefined,
    });
    const pair = new MuxPair({ budget: parent });
    const { node } = await pair.openServed();
    const { listener } = pair.open();
    await settle();
    expect(listener.failure?.code).toBe("refused");
    expect(open).toBe(1);
    node.stream.reset("internal");
    expect(open).toBe(0);
  });
});

it("a stream that is forgotten twice takes nobody's place, and is counted once", async () => {
  const parent = new WindowBudget();
  const pair = new MuxPair({ budget: parent });
  const { node: gone } = await pair.openServed();
  gone.stream.reset("internal");
  const { client, node } = await pair.openServed();
  if (!(gone.stream instanceof StreamCore)) throw new Error("not a stream of this channel");
  pair.node.forget(gone.stream);
  expect(pair.node.openStreams).toBe(1);
  expect(pair.node.budget.used.streams).toBe(1);
  let shut = 0;
  parent.shut = () => void shut++;
  pair.node.forget(gone.stream);
  expect(shut).toBe(0);
  node.stream.respond({ status: 200, headers: [], end: true });
  await settle();
  expect(client.listener.head?.status).toBe(200);
});

describe("heads the wrong way round", () => {
  it("a RESPONSE that would do for a REQUEST ends the channel", async () => {
    const raw = new RawClient();
    expect(await raw.outcome([INNER.RESPONSE, 1, json(GET)])).toBe("protocol");
    expect(raw.served).toEqual([]);
  });

  it("and so does a REQUEST that would do for a RESPONSE", async () => {
    const raw = new RawNode();
    const listener = await raw.open();
    expect(await raw.outcome([INNER.REQUEST, 1, json({ status: 200, headers: [] })])).toBe("protocol");
    expect(listener.head).toBeUndefined();
  });
});

describe("what waits", () => {
  it("is what waits now: control frames that have left do not count against a peer that reads", async () => {
    const pair = new MuxPair();
    const text = "x".repeat(60_000);
    const enough = Math.ceil(MAX_CONTROL_QUEUE_BYTES / text.length) + 1;
    for (let n = 0; n < enough; n += 1) {
      pair.client.sendControl({ type: "note", text });
      await settle(3);
    }
    pair.node.sendControl({ type: "answer" });
    await settle();
    expect(pair.nodeLog.controls).toHaveLength(enough);
    expect(pair.clientLog.closes).toEqual([]);
  });

  it("for credit is dropped when the channel ends", async () => {
    const pair = new MuxPair({ eager: false });
    const streams = await Promise.all(Array.from({ length: 6 }, () => pair.openServed()));
    pair.nodeLink.held = true;
    for (const { client } of streams) client.stream.write(new Uint8Array(CHANNEL_WINDOW_BYTES / 4));
    await settle();
    expect(pair.client.outgoing.waitingStreams).toBeGreaterThan(0);
    pair.client.close("bye");
    expect(pair.client.outgoing.waitingStreams).toBe(0);
  });

  it("tells a sender after a record of its own, and not after those of others", () => {
    const due: (() => void)[] = [];
    const link = { queuedBytes: 0, send: () => undefined, close: () => undefined, listen: () => undefined };
    const schedule = (run: () => void) => void due.push(run);
    const outgoing = new Outgoing({ link, linkQueueBytes: 1, schedule, openStreams: () => 2 });
    const senderOf = () => {
      const sender = {
        isQueued: false,
        isOpen: true,
        bufferedBytes: 4,
        told: 0,
        emit(record: Parameters<Sender["emit"]>[0]) {
          record.add(INNER.END, 1, new Uint8Array(0));
          return "idle" as const;
        },
        emitted() {
          sender.told += 1;
        },
      };
      return sender;
    };
    const [one, other] = [senderOf(), senderOf()];
    outgoing.wake(one);
    outgoing.flush();
    outgoing.wake(other);
    outgoing.flush();
    expect([one.told, other.told]).toEqual([1, 1]);
  });
});

describe("a listener that is told of the end of its channel", () => {
  it("may reset other streams, which then hear nothing", async () => {
    const pair = new MuxPair();
    const first = await pair.openServed();
    const second = await pair.openServed();
    first.client.listener.reset = () => second.client.stream.reset("cancelled");
    pair.client.close("bye");
    await settle();
    expect(second.client.listener.events).toEqual([]);
    expect(pair.clientLog.faults).toEqual([]);
  });
});
