/** The node's side of a stream: has the request from the start, sends the response. */
import { encodeResponse } from "./head-codec.ts";
import type { RequestHead, ResponseHead } from "./heads.ts";
import { INNER } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import type { NodeStream, StreamListener } from "./stream.ts";
import { StreamCore, type StreamHost } from "./stream-core.ts";

export class ServedStream extends StreamCore implements NodeStream {
  private hasResponded = false;

  constructor(host: StreamHost, request: RequestHead, id: number) {
    super(host, request, request.upgrade ? "silent" : "body");
    this.wireId = id;
  }

  respond(head: ResponseHead): void {
    if (!this.isOpen) return;
    if (this.hasResponded) throw new MuxError("wrong_state", "respond() twice");
    const isUpgraded = head.status === 101;
    if (isUpgraded && !this.request.upgrade) throw new MuxError("bad_head", "a 101 that nobody asked for");
    this.outbound.setHead(INNER.RESPONSE, encodeResponse(head), head.end === true);
    this.hasResponded = true;
    this.sendMode = isUpgraded ? "messages" : "body";
    if (this.request.upgrade) this.inbound.mode = isUpgraded ? "messages" : "end";
    this.host.roundTrip.probe(this.host.now());
    this.host.outgoing.wake(this);
  }

  /** The application has taken the stream. */
  accept(listener: StreamListener): void {
    this.listener = listener;
    if (this.request.end && this.isOpen) this.finishInbound(undefined);
  }
}
