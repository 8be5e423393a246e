/**
 * A client and a node joined by links in memory. Time stands still until a test moves it; `settle` lets turns
 * pass until nothing moves any more.
 */
import type { Link } from "#shared/link.ts";
import type { ChannelClose } from "#shared/mux/channel-close.ts";
import { ClientChannel } from "#shared/mux/client-channel.ts";
import type { MuxClock } from "#shared/mux/clock.ts";
import type { RequestHead } from "#shared/mux/heads.ts";
import type { ControlMessage, MuxerSettings } from "#shared/mux/muxer.ts";
import { NodeChannel } from "#shared/mux/node-channel.ts";
import type { MuxStream, NodeStream, StreamListener } from "#shared/mux/stream.ts";
import type { ParentBudget } from "#shared/mux/window-budget.ts";
import { type MemoryLink, memoryLinkPair } from "#shared/testing/memory-link.ts";
import { Recorder } from "./recorder.ts";

/** Time that a test moves by hand. */
export class ManualClock implements MuxClock {
  private time = 0;
  private timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.time + delayMs, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  advance(ms: number): void {
    this.time += ms;
    const due = this.timers.filter((timer) => timer.at <= this.time);
    this.timers = this.timers.filter((timer) => timer.at > this.time);
    for (const timer of due) timer.run();
  }
}

/** What happened to one end. */
export class EndLog {
  readonly closes: ChannelClose[] = [];
  readonly controls: ControlMessage[] = [];
  readonly faults: unknown[] = [];
  readonly notes: string[] = [];

  readonly handlers = {
    control: (message: ControlMessage): void => {
      this.controls.push(message);
    },
    draining: (): void => {
      this.notes.push("draining");
    },
    drained: (): void => {
      this.notes.push("drained");
    },
    closed: (close: ChannelClose): void => {
      this.closes.push(close);
    },
    fault: (error: unknown): void => {
      this.faults.push(error);
    },
  };

  get closeCode(): string | undefined {
    return this.closes[0]?.code;
  }
}

export interface Served {
  readonly stream: NodeStream;
  readonly listener: Recorder;
}

export interface MuxPairOptions {
  /** How the node answers; default: it records and does nothing. */
  readonly serve?: ((stream: NodeStream) => StreamListener) | undefined;
  readonly settings?: MuxerSettings;
  readonly links?: [Link<Uint8Array>, Link<Uint8Array>];
  readonly eager?: boolean;
  /** The node's, shared with other channels. */
  readonly budget?: ParentBudget;
}

export class MuxPair {
  readonly clock = new ManualClock();
  readonly clientLog = new EndLog();
  readonly nodeLog = new EndLog();
  readonly client: ClientChannel;
  readonly node: NodeChannel;
  readonly clientLink: MemoryLink<Uint8Array>;
  readonly nodeLink: MemoryLink<Uint8Array>;
  /** Streams that reached the node, when `serve` was left out. */
  readonly served: Served[] = [];

  constructor({ serve, settings = {}, links, eager = true, budget }: MuxPairOptions = {}) {
    [this.clientLink, this.nodeLink] = memoryLinkPair<Uint8Array>();
    const [clientLink, nodeLink] = links ?? [this.clientLink, this.nodeLink];
    const { clock } = this;
    this.client = new ClientChannel({ link: clientLink, handlers: this.clientLog.handlers, settings, clock });
    const record = (stream: NodeStream): StreamListener => {
      const listener = new Recorder({ eager });
      listener.stream = stream;
      this.served.push({ stream, listener });
      return listener;
    };
    const handlers = { ...this.nodeLog.handlers, stream: serve ?? record };
    this.node = new NodeChannel({ link: nodeLink, handlers, settings, clock, ...(budget && { budget }) });
    this.client.start();
    this.node.start();
  }

  /** Opens a stream that must be granted. */
  open(
    request: Partial<RequestHead> = {},
    listener = new Recorder(),
  ): { stream: MuxStream; listener: Recorder } {
    const stream = this.client.openStream({ method: "GET", path: "/", headers: [], ...request }, listener);
    if (typeof stream === "string") throw new Error(`no stream: ${stream}`);
    listener.stream = stream;
    return { stream, listener };
  }

  /** Opens one and waits until the node has it. */
  async openServed(request: Partial<RequestHead> = {}, listener = new Recorder()) {
    const client = this.open(request, listener);
    await settle();
    const node = this.served.find(({ stream }) => stream.id === client.stream.id);
    if (!node) throw new Error("the stream did not reach the node");
    return { client, node };
  }

  /** Credit of the channel as sender and receiver see it must agree; both ways. */
  credits() {
    return {
      up: { sender: this.client.outgoing.channel.available, receiver: this.node.window.available },
      down: { sender: this.node.outgoing.channel.available, receiver: this.client.window.available },
    };
  }
}

/** Makes a pair's records take their time, by the pair's own clock. */
export class SlowPath {
  private readonly clock: ManualClock;
  private readonly under: { at: number; arrive: () => void }[] = [];

  constructor(pair: MuxPair, oneWayMs: number) {
    this.clock = pair.clock;
    const { client, node } = pair;
    const delay = (link: MemoryLink<Uint8Array>, receiver: { message(record: Uint8Array): void }) => {
      link.tamper = (record) => {
        this.under.push({ at: this.clock.now() + oneWayMs, arrive: () => receiver.message(record) });
        return [];
      };
    };
    delay(pair.clientLink, node);
    delay(pair.nodeLink, client);
  }

  /** Lets time pass, in steps of 10 ms. */
  async pass(ms: number): Promise<void> {
    for (let step = 0; step < ms; step += 10) {
      await settle(3);
      this.clock.advance(10);
      while (this.under[0] && this.under[0].at <= this.clock.now()) this.under.shift()?.arrive();
      await settle(3);
    }
  }
}

/** Lets so many turns of the event loop pass that everything under way has arrived and been answered. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Bytes that differ by place, so that none can be missing, doubled or out of order unseen. */
export function patterned(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >>> 8) * 7 + seed) & 0xff;
  return bytes;
}
