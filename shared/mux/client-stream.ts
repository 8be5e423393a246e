/** The client's side of a stream: sends the request, learns of the response. */
import { decodeResponse, encodeRequest } from "./head-codec.ts";
import type { RequestHead } from "./heads.ts";
import { INNER } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import type { Emitted, OutgoingRecord } from "./outgoing-record.ts";
import type { StreamListener } from "./stream.ts";
import { StreamCore, type StreamHost } from "./stream-core.ts";

export class ClientStream extends StreamCore {
  private readonly requestBytes: number;
  private hasResponse = false;

  /** Throws MuxError `bad_head` or `head_too_large`. */
  constructor(host: StreamHost, request: RequestHead, listener: StreamListener) {
    const payload = encodeRequest(request);
    super(host, request, "silent");
    this.listener = listener;
    this.requestBytes = payload.length;
    if (!request.upgrade) this.sendMode = "body";
    this.outbound.setHead(INNER.REQUEST, payload, request.end === true);
  }

  /** The number is given here and not before, so that numbers rise on the wire whatever is reset while it waits. */
  override emit(record: OutgoingRecord): Emitted {
    if (this.isOpen && this.wireId === 0) {
      if (record.freeRoom < this.requestBytes) return "full";
      this.wireId = this.host.number(this);
    }
    return super.emit(record);
  }

  /** A RESPONSE came. */
  onResponse(payload: Uint8Array): void {
    const head = decodeResponse(payload);
    if (this.hasResponse) throw new MuxError("protocol", "a second RESPONSE");
    const isUpgraded = head.status === 101;
    if (isUpgraded && !this.request.upgrade) throw new MuxError("protocol", "a 101 that nobody asked for");
    this.hasResponse = true;
    this.inbound.mode = isUpgraded ? "messages" : "body";
    if (isUpgraded) this.sendMode = "messages";
    else if (this.request.upgrade) this.endUnused();
    if (!this.inbound.isDiscarding) this.listener?.response?.(head);
    if (head.end && this.isOpen) this.finishInbound(undefined);
  }

  /** No WebSocket came of it: there is nothing for this side to say. */
  private endUnused(): void {
    this.outbound.finish(new Uint8Array(0));
    this.host.outgoing.wake(this);
  }
}
