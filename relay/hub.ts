/**
 * Who is online. A node id stands for one connection at a time, and whoever leaves takes away only what is still its
 * own: the late close of an old socket never unregisters the new one.
 */
import type { CodeOffer } from "./offers.ts";
import type { PeerSocket } from "./peer-socket.ts";
import type { ReadGate } from "./read-gate.ts";
import type { Session } from "./sessions.ts";
import type { PendingRequests } from "./v1/pending.ts";

/** A connection through which a node can be reached. */
export interface OnlineNode {
  readonly id: string;
  readonly version: 1 | 2;
  readonly peer: PeerSocket;
  /** v1 requests under way at this node. */
  readonly requests: PendingRequests;
  /** Those who send to this node and must wait when it is congested. */
  readonly gate: ReadGate;
  /** Its code was used: a session with it exists now. */
  codeRedeemed(session: Session, offer: CodeOffer): void;
  /** A v1 session with it has ended. */
  sessionEnded(session: Session): void;
  /** Another connection speaks for it now, elsewhere. */
  replaced(): void;
  /** Its typed code was shown to this relay. */
  offerExposed(route: string): void;
}

export class Hub {
  private readonly nodes = new Map<string, OnlineNode>();

  get size(): number {
    return this.nodes.size;
  }

  /** Nodes online that speak this protocol. */
  count(version: OnlineNode["version"]): number {
    let count = 0;
    for (const node of this.nodes.values()) if (node.version === version) count += 1;
    return count;
  }

  get(nodeId: string): OnlineNode | undefined {
    return this.nodes.get(nodeId);
  }

  /** Puts `node` online in place of whoever had its id. */
  add(node: OnlineNode): void {
    this.nodes.set(node.id, node);
  }

  /** Takes `node` offline. False when another connection has its id by now. */
  remove(node: OnlineNode): boolean {
    return this.nodes.get(node.id) === node && this.nodes.delete(node.id);
  }

  /** Requests under way at all nodes. */
  pending(): number {
    let pending = 0;
    for (const node of this.nodes.values()) pending += node.requests.size;
    return pending;
  }
}
