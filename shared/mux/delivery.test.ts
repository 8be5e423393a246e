import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INNER } from "./inner-types.ts";
import type { MuxStream } from "./stream.ts";
import { MuxPair, patterned, type Served, settle } from "./testing/mux-pair.ts";
import { json, RawNode } from "./testing/raw-peer.ts";
import { hashOf, Recorder } from "./testing/recorder.ts";

/** One direction of one stream: what was written, and whether it was completed. */
class Written {
  length = 0;
  isEnded = false;
  readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  next(bytes: number): Uint8Array {
    const all = patterned(this.length + bytes, this.seed);
    const chunk = all.slice(this.length);
    this.length += bytes;
    return chunk;
  }

  hash(length: number): number {
    return hashOf(patterned(length, this.seed));
  }
}

interface Side {
  readonly stream: MuxStream;
  readonly listener: Recorder;
  readonly written: Written;
}

/** Whatever `to` heard of what `from` wrote must be true. */
function check(from: Side, to: Side): void {
  const { received, hash, events } = to.listener;
  expect(received).toBeLessThanOrEqual(from.written.length);
  if (received > 0) expect(hash).toBe(from.written.hash(received));
  if (events.includes("end")) {
    expect(from.written.isEnded).toBe(true);
    expect(received).toBe(from.written.length);
  }
  for (const once of ["end", "finished", "stopped", "response"]) {
    expect(events.filter((event) => event === once).length).toBeLessThanOrEqual(1);
  }
  const resetAt = events.findIndex((event) => event.startsWith("reset"));
  if (resetAt >= 0) expect(resetAt).toBe(events.length - 1);
  if (events.includes("finished")) expect(events.at(-1)).toBe("finished");
}

const bytes = fc.oneof(fc.nat(300), fc.nat(200_000), fc.integer({ min: 250_000, max: 600_000 }));
const which = fc.nat(7);
const side = fc.boolean();
type Operation =
  | { do: "open"; end: boolean }
  | { do: "respond" | "end" | "stop" | "reset"; on: number; client: boolean }
  | { do: "write" | "consume"; on: number; client: boolean; bytes: number }
  | { do: "hold"; client: boolean; held: boolean }
  | { do: "pass"; ms: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("open" as const), end: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("respond" as const), on: which, client: fc.constant(false) }),
  },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("write" as const), on: which, client: side, bytes }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("consume" as const), on: which, client: side, bytes }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("end" as const), on: which, client: side }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stop" as const), on: which, client: side }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const), on: which, client: side }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("hold" as const), client: side, held: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.nat(50) }) },
);

class Model {
  readonly pair = new MuxPair({ serve: (stream) => this.serve({ stream }) });
  readonly clients: Side[] = [];
  readonly nodes: (Side | undefined)[] = [];

  private serve({ stream }: Pick<Served, "stream">): Recorder {
    const listener = new Recorder({ eager: false });
    listener.stream = stream;
    const index = Number(stream.request.path.slice(1));
    this.nodes[index] = { stream, listener, written: new Written(index * 2 + 1) };
    return listener;
  }

  async run(step: Operation): Promise<void> {
    if (step.do === "open") this.open(step.end);
    else if (step.do === "hold") this.pair[step.client ? "clientLink" : "nodeLink"].held = step.held;
    else if (step.do === "pass") {
      await settle(1 + (step.ms % 3));
      this.pair.clock.advance(step.ms);
    } else {
      const side = step.client ? this.clients : this.nodes;
      const target = side[step.on % Math.max(1, side.length)];
      if (target) this.act(step, target);
    }
  }

  private open(end: boolean): void {
    const index = this.clients.length;
    const written = new Written(index * 2);
    written.isEnded = end;
    const listener = new Recorder({ eager: false });
    const { stream } = this.pair.open({ path: `/${index}`, ...(end && { end }) }, listener);
    this.clients.push({ stream, listener, written });
  }

  private act(
    step: Exclude<Operation, { do: "open" | "hold" | "pass" }>,
    { stream, listener, written }: Side,
  ): void {
    const mayWrite = "respond" in stream ? this.responded.has(stream) : true;
    switch (step.do) {
      case "respond":
        if ("respond" in stream && !mayWrite) {
          this.responded.add(stream);
          (stream as Served["stream"]).respond({ status: 200, headers: [] });
        }
        break;
      case "write":
        if (mayWrite && !written.isEnded && stream.isOpen) stream.write(written.next(step.bytes));
        break;
      case "consume":
        if (stream.isOpen || !listener.failure) listener.consume(Math.min(step.bytes, listener.unconsumed));
        break;
      case "end":
        if (mayWrite && stream.isOpen) {
          stream.end();
          written.isEnded = true;
        }
        break;
      case "stop":
        if (written.isEnded) stream.stop();
        break;
      case "reset":
        stream.reset("cancelled");
        listener.unconsumed = 0;
        break;
    }
  }

  private readonly responded = new Set<MuxStream>();

  /** Lets everything finish that can. */
  async finish(): Promise<void> {
    this.pair.clientLink.held = false;
    this.pair.nodeLink.held = false;
    await settle();
    const isBusy = () => this.pair.client.openStreams + this.pair.node.openStreams > 0;
    for (let round = 0; round < 300 && isBusy(); round++) {
      for (const target of [...this.nodes, ...this.clients]) {
        if (!target) continue;
        this.act({ do: "respond", on: 0, client: false }, target);
        this.act({ do: "end", on: 0, client: false }, target);
        target.listener.consume();
      }
      await settle(2);
    }
    // What came with the last turn.
    for (const target of [...this.nodes, ...this.clients]) target?.listener.consume();
    await settle();
  }

  checkAll(): void {
    for (const [index, client] of this.clients.entries()) {
      const node = this.nodes[index];
      if (!node) continue;
      check(client, node);
      check(node, client);
    }
    expect([...this.pair.clientLog.faults, ...this.pair.nodeLog.faults]).toEqual([]);
  }
}

describe("whatever two ends do", () => {
  it("every byte arrives in order or the stream is reset, and no credit is lost", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 30, maxLength: 120, size: "max" }), async (steps) => {
        const model = new Model();
        for (const step of steps) await model.run(step);
        await model.finish();
        model.checkAll();
        const { pair } = model;
        expect([...pair.clientLog.closes, ...pair.nodeLog.closes]).toEqual([]);
        expect([pair.client.openStreams, pair.node.openStreams]).toEqual([0, 0]);
        for (const target of [...model.clients, ...model.nodes]) {
          if (target?.listener.failure) continue;
          expect(target?.stream.isOpen ?? false).toBe(false);
        }
        const { up, down } = pair.credits();
        expect([up.sender, down.sender]).toEqual([up.receiver, down.receiver]);
        expect(pair.client.budget.used).toEqual({ streams: 0, growthBytes: 0 });
        expect(pair.node.budget.used).toEqual({ streams: 0, growthBytes: 0 });
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it("a cut at any moment is never taken for an end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 20, maxLength: 80, size: "max" }),
        fc.nat(3),
        async (steps, turns) => {
          const model = new Model();
          for (const step of steps) await model.run(step);
          await settle(turns);
          model.pair.nodeLink.close(1006, "");
          await settle(3);
          model.checkAll();
          for (const target of [...model.clients, ...model.nodes]) {
            expect(target?.stream.isOpen ?? false).toBe(false);
          }
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);
});

describe("one download", () => {
  /** A response of 400 bytes in frames of ten, each in a record of its own. */
  function frames(raw: RawNode): [number, number, Uint8Array][] {
    const body = patterned(400);
    const list: [number, number, Uint8Array][] = [raw.response(1)];
    for (let at = 0; at < 400; at += 10) list.push([INNER.DATA, 1, body.slice(at, at + 10)]);
    list.push([INNER.END, 1, new Uint8Array(0)]);
    return list;
  }

  it("cut after any frame says how much came and that it was cut", async () => {
    const total = 42;
    for (let sent = 0; sent <= total; sent++) {
      const raw = new RawNode();
      const listener = await raw.open({ end: true });
      for (const frame of frames(raw).slice(0, sent)) raw.send(frame);
      raw.links[1].close(1006, "");
      await settle(3);
      const isWhole = sent === total;
      expect(listener.received).toBe(Math.max(0, Math.min(sent - 1, 40)) * 10);
      expect(listener.events.includes("end")).toBe(isWhole);
      expect(listener.failure?.code).toBe(isWhole ? undefined : "cut");
    }
  });

  it("reset after any frame is discarded, and RESET `done` without END is truncation", async () => {
    for (let sent = 0; sent < 42; sent++) {
      for (const [number, code] of [
        [0, "truncated"],
        [3, "truncated"],
        [4, "internal"],
      ] as const) {
        const raw = new RawNode();
        const listener = await raw.open({ end: true });
        raw.send(...frames(raw).slice(0, sent), [INNER.RESET, 1, new Uint8Array([0, number])]);
        await settle(3);
        expect(listener.events.at(-1)).toBe(`reset ${code}`);
        expect(listener.events).not.toContain("end");
      }
    }
  });

  it("is whole however its frames are spread over records, and stays so when RESET `done` follows", async () => {
    const all = new RawNode();
    const list = frames(all);
    for (let split = 0; split <= list.length; split++) {
      const raw = new RawNode();
      const listener = await raw.open();
      raw.send(...list.slice(0, split));
      raw.send(...list.slice(split), [INNER.RESET, 1, new Uint8Array([0, 0])]);
      await settle(3);
      expect(listener.events).toEqual(["response", "data", "end", "stopped", "finished"]);
      expect(listener.hash).toBe(hashOf(patterned(400)));
    }
  });

  it("is whole when its reader pauses at any offset", async () => {
    const size = 3000;
    for (let offset = 0; offset <= size; offset += 61) {
      const pair = new MuxPair({ settings: { streamBufferBytes: 500 } });
      const listener = new Recorder({ eager: false });
      const { client, node } = await pair.openServed({ end: true }, listener);
      node.stream.respond({ status: 200, headers: [] });
      const body = patterned(size);
      let at = 0;
      const pump = () => {
        while (at < size) {
          const chunk = body.slice(at, at + 97);
          at += chunk.length;
          if (!node.stream.write(chunk)) return;
        }
        node.stream.end();
      };
      node.listener.onWritable = pump;
      pump();
      await settle(1);
      client.listener.consume(Math.min(offset, listener.unconsumed));
      await settle(12);
      listener.consume();
      await settle(3);
      expect(listener.events).toEqual(["response", "data", "end", "finished"]);
      expect(listener.hash).toBe(hashOf(body));
    }
  });

  it("is whole when every window boundary falls inside it and the reader takes odd bites", async () => {
    for (const bite of [1, 61_441, 65_537, 262_143]) {
      const pair = new MuxPair();
      const listener = new Recorder({ eager: false });
      const { node } = await pair.openServed({ end: true }, listener);
      node.stream.respond({ status: 200, headers: [] });
      const body = patterned(bite === 1 ? 263_000 : 1_500_000);
      node.stream.write(body);
      node.stream.end();
      for (let turn = 0; turn < 4000 && !listener.events.includes("end"); turn++) {
        if (listener.unconsumed === 0) await settle(3);
        // Many small bites a turn, or the test would take as many turns as there are bytes.
        for (let n = 0; n < 1000 && listener.unconsumed > 0; n++)
          listener.consume(Math.min(bite, listener.unconsumed));
        await settle(1);
      }
      expect(listener.hash).toBe(hashOf(body));
      expect(listener.events).toEqual(["response", "data", "end", "finished"]);
    }
  });
});

it("a refused stream tells nothing but that", async () => {
  const raw = new RawNode();
  const listener = await raw.open();
  raw.send([INNER.RESET, 1, new Uint8Array([0, 1, ...new TextEncoder().encode("full")])]);
  await settle(3);
  expect(listener.failure).toEqual({ code: "refused", reason: "full" });
  expect(await raw.outcome([INNER.CONTROL, 0, json({ type: "close", code: "bye" })])).toBe("bye");
});
