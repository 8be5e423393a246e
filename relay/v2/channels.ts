/**
 * The channels of one node socket: numbers that rise from 1 and are never used again, and the client at the other end
 * of each. Frames for a number that is not open are dropped.
 */
import { CHANNEL_PREFIX_BYTES, MAX_CHANNEL } from "#shared/protocol/v2/limits.ts";
import { MAX_CHANNELS_PER_DEVICE, MAX_CHANNELS_PER_NODE } from "../limits.ts";

/** The client's end of a channel. */
export interface ChannelClient {
  /** A frame from the node. */
  deliver(frame: Buffer): void;
  /** Ends the client's socket; with `cut` also what is still queued for it. */
  end(code: number, reason: string, options?: { cut: boolean }): void;
}

/** By what a client came to its node. */
export type ChannelVia =
  | { readonly via: "session"; readonly device: string }
  | { readonly via: "offer"; readonly route: string };

interface Channel {
  readonly client: ChannelClient;
  readonly via: ChannelVia;
}

export class Channels {
  /** Most nodes have none: made with the first, and dropped with the last. */
  private open: Map<number, Channel> | undefined;
  private last = 0;

  get size(): number {
    return this.open?.size ?? 0;
  }

  /** Opens a channel and returns its number; undefined when there are too many, in all or of its device. */
  add(client: ChannelClient, via: ChannelVia): number | undefined {
    if (this.size >= MAX_CHANNELS_PER_NODE || this.last >= MAX_CHANNEL) return undefined;
    if (via.via === "session" && this.ofDevice(via.device).length >= MAX_CHANNELS_PER_DEVICE)
      return undefined;
    this.last += 1;
    this.open ??= new Map();
    this.open.set(this.last, { client, via });
    return this.last;
  }

  /** Forgets a channel; undefined when it was not open. */
  take(number: number): ChannelClient | undefined {
    const client = this.open?.get(number)?.client;
    this.open?.delete(number);
    if (this.size === 0) this.open = undefined;
    return client;
  }

  /** The client of a message from the node, and its frame. */
  route(message: Buffer): { readonly client: ChannelClient; readonly frame: Buffer } | undefined {
    if (message.length <= CHANNEL_PREFIX_BYTES) return undefined;
    const client = this.open?.get(message.readUInt32BE(0))?.client;
    return client === undefined ? undefined : { client, frame: message.subarray(CHANNEL_PREFIX_BYTES) };
  }

  /** Clients that came by a session of `device`. */
  ofDevice(device: string): ChannelClient[] {
    return this.clients(({ via }) => via.via === "session" && via.device === device);
  }

  /** Clients that came by a session of a device that `isKnown` does not know. */
  ofOtherDevices(isKnown: (device: string) => boolean): ChannelClient[] {
    return this.clients(({ via }) => via.via === "session" && !isKnown(via.device));
  }

  /** Every client. */
  allClients(): ChannelClient[] {
    return this.clients(() => true);
  }

  private clients(matches: (channel: Channel) => boolean): ChannelClient[] {
    return [...(this.open?.values() ?? [])].filter(matches).map(({ client }) => client);
  }
}

/** A frame as it goes to the node: the channel's number before it. */
export function withChannel(number: number, frame: Buffer): Buffer {
  const message = Buffer.allocUnsafe(CHANNEL_PREFIX_BYTES + frame.length);
  message.writeUInt32BE(number, 0);
  message.set(frame, CHANNEL_PREFIX_BYTES);
  return message;
}
