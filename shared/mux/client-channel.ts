/** The client's end of a channel: opens streams. */

import { ChannelCore } from "./channel-core.ts";
import { ClientStream } from "./client-stream.ts";
import type { RequestHead } from "./heads.ts";
import { INNER } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import { MAX_STREAMS } from "./mux-limits.ts";
import type { ClientMuxer, OpenRefusal } from "./muxer.ts";
import type { MuxStream, StreamListener } from "./stream.ts";
import type { StreamCore } from "./stream-core.ts";

export class ClientChannel extends ChannelCore implements ClientMuxer {
  openStream(request: RequestHead, listener: StreamListener): MuxStream | OpenRefusal {
    if (this.isOver) return "closed";
    if (this.isDraining) return "draining";
    if (this.streams.size >= MAX_STREAMS) return "busy";
    if (!this.budget.take()) return "busy";
    const stream = this.create(request, listener);
    stream.place = this.streams.add(stream);
    this.roundTrip.probe(this.now());
    this.outgoing.wake(stream);
    return stream;
  }

  override number(stream: StreamCore): number {
    this.lastId += 1;
    this.list(this.lastId, stream);
    return this.lastId;
  }

  protected override onHead(type: number, id: number, payload: Uint8Array): void {
    if (type !== INNER.RESPONSE) throw new MuxError("protocol", "a REQUEST from the node");
    const stream = this.streamOf(id);
    if (stream instanceof ClientStream) stream.onResponse(payload);
  }

  private create(request: RequestHead, listener: StreamListener): ClientStream {
    try {
      return new ClientStream(this, request, listener);
    } catch (error) {
      this.budget.release();
      throw error;
    }
  }
}
