/** The node's end of a channel: accepts streams, or refuses those it has no room for. */
import { ChannelCore } from "./channel-core.ts";
import { decodeRequest } from "./head-codec.ts";
import { INNER } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import { MAX_STREAMS } from "./mux-limits.ts";
import type { MuxerOptions, NodeMuxer, NodeMuxerHandlers } from "./muxer.ts";
import { ServedStream } from "./node-stream.ts";
import { encodeReset } from "./payloads.ts";
import type { StreamListener } from "./stream.ts";
import type { StreamCore } from "./stream-core.ts";

export class NodeChannel extends ChannelCore implements NodeMuxer {
  private readonly onStream: NodeMuxerHandlers["stream"];

  constructor(options: MuxerOptions<NodeMuxerHandlers>) {
    super(options);
    this.onStream = (stream) => options.handlers.stream(stream);
  }

  /** Clients number; a node's streams are born with theirs. */
  override number(stream: StreamCore): number {
    return stream.id;
  }

  override forget(stream: StreamCore): void {
    if (stream.place >= 0) this.budget.shut();
    super.forget(stream);
  }

  /** Room for one more stream and its first window. */
  private begins(): boolean {
    if (!this.budget.open()) return false;
    if (this.budget.take()) return true;
    this.budget.shut();
    return false;
  }

  protected override onHead(type: number, id: number, payload: Uint8Array, at: number): void {
    if (type !== INNER.REQUEST) throw new MuxError("protocol", "a RESPONSE from the client");
    if (id !== this.lastId + 1) throw new MuxError("protocol", "stream numbers do not rise by one");
    const request = decodeRequest(payload);
    this.lastId = id;
    if (this.isDraining || this.streams.size >= MAX_STREAMS || !this.begins()) {
      this.guard.count("wasted", 1, at);
      this.outgoing.sendControl(INNER.RESET, id, encodeReset("refused", ""));
      return;
    }
    const stream = new ServedStream(this, request, id);
    stream.place = this.streams.add(stream);
    this.list(id, stream);
    const listener: StreamListener = this.onStream(stream);
    stream.accept(listener);
  }
}
