/**
 * All channels of one relay connection, over its one socket (protocol section 3): `channel u32 | frame`. Each channel
 * is a link of its own. Little waits in the socket, so that what is sent next can still be chosen; channels that have
 * something take turns, one frame each. Frames for numbers that are not open are dropped.
 */
import type { Link, LinkClose, LinkListener } from "#shared/link.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { CHANNEL_PREFIX_BYTES, MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import type { ChannelClose } from "#shared/protocol/v2/relay-messages.ts";
import type { Frame, RelayLink } from "../connector/relay-link.ts";

/**
 * Bytes that may wait in the socket before channels have to wait themselves. What waits here can not be overtaken by a
 * smaller request, nor called back by a revocation.
 */
export const SOCKET_QUEUE_BYTES = 192 * 1024;

/** Before a message, so that the ciphertext in it, behind number and type, is on a multiple of four. */
const ALIGNMENT_BYTES = 3;

export interface ChannelLegOptions {
  readonly link: Pick<Link<Frame>, "queuedBytes" | "send"> & Partial<Pick<RelayLink, "lendFrame">>;
}

export class ChannelLeg {
  private readonly link: ChannelLegOptions["link"];
  private readonly open = new Map<number, ChannelLink>();
  /** Those with something to send, whose turn comes first, first. */
  private readonly waiting = new Set<ChannelLink>();
  private lastNumber = 0;
  private isPumping = false;

  constructor({ link }: ChannelLegOptions) {
    this.link = link;
  }

  get size(): number {
    return this.open.size;
  }

  /** The link of a channel that the relay opened; undefined when the number was used before. */
  accept(number: number): Link<Uint8Array> | undefined {
    if (number <= this.lastNumber) return undefined;
    this.lastNumber = number;
    const channel = new ChannelLink(number, this);
    this.open.set(number, channel);
    return channel;
  }

  /** Tells the relay that a channel it opened is not wanted. */
  refuse(number: number, code: number): void {
    this.lastNumber = Math.max(this.lastNumber, number);
    this.tellClosed(number, code);
  }

  /** A binary message from the relay. */
  receive(message: Uint8Array): void {
    if (message.length < CHANNEL_PREFIX_BYTES || message.length > CHANNEL_PREFIX_BYTES + MAX_FRAME_BYTES)
      return;
    const number = new DataView(message.buffer, message.byteOffset, CHANNEL_PREFIX_BYTES).getUint32(0);
    this.open.get(number)?.deliver(message.subarray(CHANNEL_PREFIX_BYTES));
  }

  /** The relay says that a client has gone. */
  closedByRelay(number: number): void {
    const channel = this.open.get(number);
    if (channel !== undefined) this.finish(channel, { code: CLOSE.GOING_AWAY, reason: "" });
  }

  /** The connection is gone, and all channels with it. */
  end(close: LinkClose): void {
    for (const channel of [...this.open.values()]) this.finish(channel, close);
  }

  /** The socket took something. */
  pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.hasRoom) {
      const [channel] = this.waiting;
      if (channel === undefined) break;
      this.waiting.delete(channel);
      const message = channel.queue.shift();
      if (message !== undefined) {
        channel.queuedBytes -= message.length - CHANNEL_PREFIX_BYTES;
        this.link.send(message);
      }
      if (channel.queue.length > 0) this.waiting.add(channel);
      else this.emptied(channel);
    }
    this.isPumping = false;
  }

  /** Memory for a message of that channel: its number, and then `bytes` for a frame. */
  newMessage(number: number, bytes: number): Uint8Array {
    const length = CHANNEL_PREFIX_BYTES + bytes;
    const message = this.link.lendFrame?.(length, ALIGNMENT_BYTES) ?? Buffer.allocUnsafe(length);
    new DataView(message.buffer, message.byteOffset).setUint32(0, number);
    return message;
  }

  send(channel: ChannelLink, message: Uint8Array): void {
    // In order behind its own, and behind the turns of others.
    if (this.hasRoom && channel.queue.length === 0 && this.waiting.size === 0) {
      this.link.send(message);
      return;
    }
    channel.queue.push(message);
    channel.queuedBytes += message.length - CHANNEL_PREFIX_BYTES;
    this.waiting.add(channel);
    this.pump();
  }

  /** This side ends a channel, after what it has queued. */
  close(channel: ChannelLink, close: LinkClose): void {
    channel.closing = close;
    if (channel.queue.length === 0) this.emptied(channel);
  }

  private get hasRoom(): boolean {
    return this.link.queuedBytes < SOCKET_QUEUE_BYTES;
  }

  private emptied(channel: ChannelLink): void {
    const { closing } = channel;
    if (closing === undefined) {
      channel.drained();
      return;
    }
    if (!this.open.has(channel.number)) return;
    this.tellClosed(channel.number, closing.code);
    this.finish(channel, closing);
  }

  private finish(channel: ChannelLink, close: LinkClose): void {
    this.open.delete(channel.number);
    this.waiting.delete(channel);
    channel.end(close);
  }

  private tellClosed(channel: number, code: number): void {
    const sayable = code === CLOSE.NORMAL || (code >= 4400 && code <= 4599);
    const message: ChannelClose = { type: "channel_close", channel, ...(sayable && { code }) };
    this.link.send(JSON.stringify(message));
  }
}

class ChannelLink implements Link<Uint8Array> {
  readonly number: number;
  /** Messages: each frame with the number before it. */
  readonly queue: Uint8Array[] = [];
  queuedBytes = 0;
  closing: LinkClose | undefined;
  private readonly leg: ChannelLeg;
  private listener: LinkListener<Uint8Array> | undefined;
  private early: Uint8Array[] = [];
  private ended: LinkClose | undefined;
  /** A message that was begun, and its frame, which somebody fills in. */
  private lent: { readonly message: Uint8Array; readonly frame: Uint8Array } | undefined;

  constructor(number: number, leg: ChannelLeg) {
    this.number = number;
    this.leg = leg;
  }

  lend(bytes: number): Uint8Array {
    const message = this.leg.newMessage(this.number, bytes);
    const frame = message.subarray(CHANNEL_PREFIX_BYTES);
    this.lent = { message, frame };
    return frame;
  }

  send(frame: Uint8Array): void {
    const { lent } = this;
    this.lent = undefined;
    if (this.ended !== undefined || this.closing !== undefined) return;
    this.leg.send(this, lent?.frame === frame ? lent.message : this.messageOf(frame));
  }

  close(code: number, reason: string): void {
    if (this.ended === undefined && this.closing === undefined) this.leg.close(this, { code, reason });
  }

  listen(listener: LinkListener<Uint8Array>): void {
    this.listener = listener;
    const { early } = this;
    this.early = [];
    for (const frame of early) this.deliver(frame);
    if (this.ended !== undefined) listener.closed(this.ended);
  }

  deliver(frame: Uint8Array): void {
    if (this.ended !== undefined || this.closing !== undefined) return;
    if (this.listener === undefined) this.early.push(frame);
    else this.listener.message(frame);
  }

  private messageOf(frame: Uint8Array): Uint8Array {
    const message = this.leg.newMessage(this.number, frame.length);
    message.set(frame, CHANNEL_PREFIX_BYTES);
    return message;
  }

  drained(): void {
    if (this.ended === undefined && this.closing === undefined) this.listener?.drained();
  }

  end(close: LinkClose): void {
    if (this.ended !== undefined) return;
    this.ended = close;
    this.queue.length = 0;
    this.queuedBytes = 0;
    this.listener?.closed(close);
  }
}
