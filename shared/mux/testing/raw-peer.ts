/** The other end of a channel, frame by frame: says whatever a test wants and reads what it is told. */
import type { LinkClose } from "#shared/link.ts";
import { ClientChannel } from "#shared/mux/client-channel.ts";
import type { RequestHead } from "#shared/mux/heads.ts";
import { readFrames } from "#shared/mux/inner-frame.ts";
import { INNER } from "#shared/mux/inner-types.ts";
import { NodeChannel } from "#shared/mux/node-channel.ts";
import { RecordBuilder } from "#shared/mux/record-builder.ts";
import type { NodeStream } from "#shared/mux/stream.ts";
import { memoryLinkPair } from "#shared/testing/memory-link.ts";
import { EndLog, ManualClock, type Served, settle } from "./mux-pair.ts";
import { Recorder } from "./recorder.ts";

interface Frame {
  readonly type: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function u32(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
}

const GET: RequestHead = { method: "GET", path: "/", headers: [] };

abstract class RawPeer {
  readonly clock = new ManualClock();
  readonly log = new EndLog();
  /** What the end under test has sent, in order. */
  readonly frames: Frame[] = [];
  readonly records: Uint8Array[] = [];
  readonly links = memoryLinkPair<Uint8Array>();
  linkClose: LinkClose | undefined;

  protected listen(): void {
    this.links[1].listen({
      message: (record) => {
        this.records.push(record);
        readFrames(record, (type, stream, payload) => this.frames.push({ type, stream, payload }));
      },
      drained: () => undefined,
      closed: (close) => {
        this.linkClose = close;
      },
    });
  }

  sendRecord(record: Uint8Array): void {
    this.links[1].send(record);
  }

  /** Sends the frames in one record. */
  send(...frames: [type: number, stream: number, payload?: Uint8Array][]): void {
    const builder = new RecordBuilder();
    for (const [type, stream, payload] of frames) builder.add(type, stream, payload ?? new Uint8Array(0));
    this.sendRecord(builder.take());
  }

  /** Frames of one type. */
  seen(type: number): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Sends the frames and tells how the channel ended: a close code, or undefined when it lives on. */
  async outcome(
    ...frames: [type: number, stream: number, payload?: Uint8Array][]
  ): Promise<string | undefined> {
    this.send(...frames);
    await settle(5);
    return this.log.closeCode;
  }
}

/** Talks to a node. */
export class RawClient extends RawPeer {
  readonly served: Served[] = [];
  readonly node: NodeChannel;

  constructor({ eager = true }: { eager?: boolean } = {}) {
    super();
    const stream = (stream: NodeStream) => {
      const listener = new Recorder({ eager });
      listener.stream = stream;
      this.served.push({ stream, listener });
      return listener;
    };
    const handlers = Object.assign(this.log.handlers, { stream });
    this.node = new NodeChannel({ link: this.links[0], handlers, clock: this.clock });
    this.node.start();
    this.listen();
  }

  request(stream: number, head: Partial<RequestHead> = {}): [number, number, Uint8Array] {
    return [INNER.REQUEST, stream, json({ ...GET, ...head })];
  }
}

/** Talks to a client. */
export class RawNode extends RawPeer {
  readonly client: ClientChannel;

  constructor() {
    super();
    this.client = new ClientChannel({ link: this.links[0], handlers: this.log.handlers, clock: this.clock });
    this.client.start();
    this.listen();
  }

  async open(head: Partial<RequestHead> = {}): Promise<Recorder> {
    const listener = new Recorder();
    const stream = this.client.openStream({ ...GET, ...head }, listener);
    if (typeof stream === "string") throw new Error(`no stream: ${stream}`);
    listener.stream = stream;
    await settle(3);
    return listener;
  }

  response(stream: number, status = 200, end = false): [number, number, Uint8Array] {
    return [INNER.RESPONSE, stream, json({ status, headers: [], end })];
  }
}
