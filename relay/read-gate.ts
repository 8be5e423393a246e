/**
 * Back pressure from one node to those who send to it: while the node's socket is congested none of them is read.
 * Afterwards they are let in one by one, the longest waiting first, so that the first in line does not fill the
 * socket again and again while the last starves. A node's own socket is never paused.
 */
import type { PeerSocket } from "./peer-socket.ts";

export type Reader = Pick<PeerSocket, "pause" | "resume">;

export class ReadGate {
  /** Most nodes are sent nothing by anybody: made when somebody comes, and dropped with the last. */
  private readers: { readonly free: Set<Reader>; readonly waiting: Set<Reader> } | undefined;
  private isClosed = false;
  private releasing = false;

  /** `reader` sends to this node. Repeating it is cheap and changes nothing. */
  enter(reader: Reader): void {
    this.readers ??= { free: new Set(), waiting: new Set() };
    const { free, waiting } = this.readers;
    if (waiting.has(reader)) return;
    if (this.isClosed) stop(reader, waiting);
    else free.add(reader);
  }

  leave(reader: Reader): void {
    if (this.readers === undefined) return;
    const { free, waiting } = this.readers;
    free.delete(reader);
    waiting.delete(reader);
    if (free.size + waiting.size === 0) this.readers = undefined;
  }

  /** The node is congested. */
  close(): void {
    this.isClosed = true;
    if (this.readers === undefined) return;
    const { free, waiting } = this.readers;
    for (const reader of free) stop(reader, waiting);
    free.clear();
  }

  /** The node has caught up. */
  open(): void {
    this.isClosed = false;
    this.releaseInTurn();
  }

  /** The node is gone: nobody waits for it any more. */
  dispose(): void {
    this.isClosed = false;
    for (const reader of this.readers?.waiting ?? []) reader.resume("node");
    this.readers = undefined;
  }

  private releaseInTurn(): void {
    if (this.releasing || this.readers === undefined) return;
    const { free, waiting } = this.readers;
    const [next] = waiting;
    if (next === undefined || this.isClosed) return;
    waiting.delete(next);
    free.add(next);
    next.resume("node");
    this.releasing = true;
    setImmediate(() => {
      this.releasing = false;
      this.releaseInTurn();
    });
  }
}

function stop(reader: Reader, waiting: Set<Reader>): void {
  waiting.add(reader);
  reader.pause("node");
}
