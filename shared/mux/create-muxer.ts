/** Makes the two ends of a channel. Call `start()` when the handlers are ready for what comes. */
import { ClientChannel } from "./client-channel.ts";
import type { ClientMuxer, MuxerHandlers, MuxerOptions, NodeMuxer, NodeMuxerHandlers } from "./muxer.ts";
import { NodeChannel } from "./node-channel.ts";

export function createClientMuxer(options: MuxerOptions<MuxerHandlers>): ClientMuxer {
  return new ClientChannel(options);
}

export function createNodeMuxer(options: MuxerOptions<NodeMuxerHandlers>): NodeMuxer {
  return new NodeChannel(options);
}
