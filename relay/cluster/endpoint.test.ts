import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutputBudget } from "../output-budget.ts";
import { LINK_PART_BYTES, LINK_WINDOW_BYTES } from "./cluster-limits.ts";
import { Endpoint, type EndpointOwner } from "./endpoint.ts";
import { decodeFrame, FRAME, HEADER_BYTES } from "./frame.ts";
import { Neighbour } from "./neighbour.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Two instances with a bus between them that carries a frame when it is told to. */
class Wire {
  readonly toFar: Buffer[] = [];
  readonly toNear: Buffer[] = [];
  readonly budget = new OutputBudget(1024 * MIB);
  readonly far: Neighbour;
  readonly near: Neighbour;

  constructor(window = 32 * MIB) {
    const neighbour = (address: number, from: number, queue: Buffer[]) =>
      new Neighbour({
        address,
        from,
        post: (_, frame) => void queue.push(Buffer.from(frame)),
        window: () => window,
      });
    this.far = neighbour(2, 1, this.toFar);
    this.near = neighbour(1, 2, this.toNear);
  }

  end(fromNear: boolean, link = 1): TestEnd {
    return new TestEnd({ to: fromNear ? this.far : this.near, link, fromNear, budget: this.budget });
  }

  /** One frame each way, as far as there is one, to the ends of their links. */
  carry(nears: readonly TestEnd[], fars: readonly TestEnd[]): boolean {
    const up = this.toFar.shift();
    const down = this.toNear.shift();
    if (up !== undefined) came(up, fars, this.near);
    if (down !== undefined) came(down, nears, this.far);
    return up !== undefined || down !== undefined;
  }
}

function came(data: Buffer, ends: readonly TestEnd[], from: Neighbour): void {
  const frame = decodeFrame(data);
  if (frame === undefined) throw new Error("no frame");
  if (frame.type === FRAME.CREDIT) {
    from.credited(frame.payload);
    return;
  }
  const end = ends.find(({ endpoint }) => endpoint.place.link === frame.link);
  if (frame.type !== FRAME.ACK) from.partCame(data.length);
  if (end?.endpoint.isInOrder(frame) !== true) throw new Error("out of order");
  if (frame.type === FRAME.ACK) end.endpoint.acknowledged(frame.payload);
  else end.endpoint.receiver.came(frame);
}

class TestEnd implements EndpointOwner {
  readonly endpoint: Endpoint;
  readonly got: string[] = [];
  readonly events: string[] = [];

  constructor(options: { to: Neighbour; link: number; fromNear: boolean; budget: OutputBudget }) {
    const { to, link, fromNear, budget } = options;
    const bounds = {
      maxQueuedBytes: 512 * MIB,
      congestedBytes: 256 * KIB,
      drainedBytes: 64 * KIB,
      maxMessageBytes: 8 * MIB,
    };
    const place = { to, link, fromNear };
    this.endpoint = new Endpoint({ place, owner: this, budget, bounds, maxPartBytes: MIB, isPaused: false });
  }

  message(data: Buffer, isBinary: boolean): void {
    this.got.push(summary(data, isBinary));
  }

  congested = () => void this.events.push("congested");
  drained = () => void this.events.push("drained");
  overflow = () => void this.events.push("overflow");
  broken = (why: string) => void this.events.push(why);
  emptied = () => undefined;
}

function summary(data: Uint8Array, isBinary: boolean): string {
  return `${isBinary} ${data.length} ${data[0]} ${data.at(-1)}`;
}

describe("the two ends of a link", () => {
  it("agree on every message, in order, whatever is paused and however the bus is delayed", () => {
    const link = fc.nat(2);
    const up = fc.boolean();
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constant("send" as const), link, up, size: sizes() }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constantFrom("pause" as const, "resume" as const), link, up }),
      },
      { weight: 6, arbitrary: fc.record({ do: fc.constant("carry" as const), frames: fc.nat(12) }) },
    );
    fc.assert(
      fc.property(fc.constantFrom(MIB, 2 * MIB), fc.array(step, { maxLength: 120 }), (window, steps) => {
        const wire = new Wire(window);
        const [nears, fars] = [ends(wire, true), ends(wire, false)];
        const sent = { up: [[], [], []] as string[][], down: [[], [], []] as string[][] };
        for (const each of steps) {
          if (each.do === "carry") for (let i = 0; i < each.frames; i++) wire.carry(nears, fars);
          else if (each.do === "send") {
            const data = Buffer.alloc(each.size, each.size % 251);
            (each.up ? nears : fars)[each.link]?.endpoint.sender.send(data, true);
            (each.up ? sent.up : sent.down)[each.link]?.push(summary(data, true));
          } else (each.up ? fars : nears)[each.link]?.endpoint.receiver[each.do]();
        }
        for (const { endpoint } of [...nears, ...fars]) endpoint.receiver.resume();
        tellAll(wire);
        while (wire.carry(nears, fars)) if (wire.toFar.length + wire.toNear.length === 0) tellAll(wire);
        expect(fars.map(({ got }) => got)).toEqual(sent.up);
        expect(nears.map(({ got }) => got)).toEqual(sent.down);
        expect(wire.budget.queuedBytes).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("have no more on the way than the window and one part", () => {
    const wire = new Wire();
    const [near, far] = [wire.end(true), wire.end(false)];
    far.endpoint.receiver.pause();
    for (let i = 0; i < 10; i++) near.endpoint.sender.send(Buffer.alloc(MIB), true);
    while (wire.carry([near], [far]));
    const held = far.endpoint.receiver.heldBytes;
    expect(held).toBeGreaterThanOrEqual(LINK_WINDOW_BYTES);
    expect(held).toBeLessThan(LINK_WINDOW_BYTES + LINK_PART_BYTES + HEADER_BYTES);
    expect([near.events, far.events, far.got]).toEqual([["congested"], [], []]);
    far.endpoint.receiver.resume();
    while (wire.carry([near], [far]));
    expect([far.got.length, near.events]).toEqual([10, ["congested", "drained"]]);
  });

  it("share what may be on the way to an instance in turn", () => {
    const wire = new Wire(2 * MIB);
    const [nears, fars] = [ends(wire, true), ends(wire, false)];
    const [one, two, three] = nears;
    // The first two fill it, and have more; the third comes last and has little.
    for (const near of [one, two]) near?.endpoint.sender.send(Buffer.alloc(4 * MIB), true);
    three?.endpoint.sender.send(Buffer.alloc(64 * KIB), true);
    expect(wire.toFar.length).toBe(8);
    for (let i = 0; i < 16 && fars[2]?.got.length === 0; i++) wire.carry(nears, fars);
    expect(fars.map(({ got }) => got.length)).toEqual([0, 0, 1]);
    while (wire.carry(nears, fars)) if (wire.toFar.length + wire.toNear.length === 0) tellAll(wire);
    expect(fars.map(({ got }) => got.length)).toEqual([1, 1, 1]);
  });
});

function ends(wire: Wire, fromNear: boolean): TestEnd[] {
  return [1, 2, 3].map((link) => wire.end(fromNear, link));
}

function sizes() {
  return fc.oneof(fc.nat(200), fc.constantFrom(LINK_PART_BYTES, LINK_PART_BYTES + 1, MIB, 3 * MIB));
}

/** What a beat does. */
function tellAll(wire: Wire): void {
  for (const each of [wire.near, wire.far]) each.tellCredit();
}
