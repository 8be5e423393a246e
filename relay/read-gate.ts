/**
 * Back pressure from one node to those who send to it: while the node's socket is congested none of them is read.
 * Afterwards they are let in one by one, the longest waiting first, so that the first in line does not fill the
 * socket again and again while the last starves. A node's own socket is never paused.
 */
import type { PeerSocket } from "./peer-socket.ts";

export type Reader = Pick<PeerSocket, "pause" | "resume">;

export class ReadGate {
  private readonly free = new Set<Reader>();
  private readonly waiting = new Set<Reader>();
  private isClosed = false;
  private releasing = false;

  /** `reader` sends to this node. Repeating it is cheap and changes nothing. */
  enter(reader: Reader): void {
    if (this.waiting.has(reader)) return;
    if (this.isClosed) this.stop(reader);
    else this.free.add(reader);
  }

  leave(reader: Reader): void {
    this.free.delete(reader);
    this.waiting.delete(reader);
  }

  /** The node is congested. */
  close(): void {
    this.isClosed = true;
    for (const reader of this.free) this.stop(reader);
    this.free.clear();
  }

  /** The node has caught up. */
  open(): void {
    this.isClosed = false;
    this.releaseInTurn();
  }

  /** The node is gone: nobody waits for it any more. */
  dispose(): void {
    this.isClosed = false;
    for (const reader of this.waiting) reader.resume("node");
    this.waiting.clear();
    this.free.clear();
  }

  private stop(reader: Reader): void {
    this.waiting.add(reader);
    reader.pause("node");
  }

  private releaseInTurn(): void {
    if (this.releasing) return;
    const [next] = this.waiting;
    if (next === undefined || this.isClosed) return;
    this.waiting.delete(next);
    this.free.add(next);
    next.resume("node");
    this.releasing = true;
    setImmediate(() => {
      this.releasing = false;
      this.releaseInTurn();
    });
  }
}
