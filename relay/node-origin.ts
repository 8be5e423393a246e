/**
 * Whether a node that has an id now is the one that had it before. A v2 node has proved it. A v1 node proves nothing, so
 * that it comes from the same address must do: a stranger who takes the id of a node that is away gets none of what its
 * clients send. Whoever shares that address (behind the same router, or behind a proxy that is not trusted) may.
 */
import { addressKey } from "./client-address.ts";
import type { OnlineNode } from "./hub.ts";

/** What must be equal for two connections with one id to count as one node. */
export function nodeOrigin(node: Pick<OnlineNode, "version" | "peer">): string {
  return node.version === 2 ? "proven" : addressKey(node.peer.address);
}
