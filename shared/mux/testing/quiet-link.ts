/**
 * Two links joined in memory that keep no record of what passed, for tests that move more than fits in memory.
 * Delivery is in a later turn; what waits for it counts as queued.
 */
import type { Link, LinkClose, LinkListener } from "#shared/link.ts";

class QuietEnd implements Link<Uint8Array> {
  peer: QuietEnd | undefined;
  queuedBytes = 0;
  private waiting: Uint8Array[] = [];
  private listener: LinkListener<Uint8Array> | undefined;
  private isScheduled = false;
  private isClosed = false;

  send(message: Uint8Array): void {
    if (this.isClosed) return;
    this.waiting.push(message);
    this.queuedBytes += message.length;
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.deliver());
  }

  close(code: number, reason: string): void {
    setImmediate(() => {
      this.deliver();
      this.peer?.end({ code, reason });
      this.end({ code, reason });
    });
  }

  listen(listener: LinkListener<Uint8Array>): void {
    this.listener = listener;
  }

  private deliver(): void {
    const batch = this.waiting;
    this.waiting = [];
    this.queuedBytes = 0;
    this.isScheduled = false;
    for (const message of batch) this.peer?.receive(message);
    this.listener?.drained();
  }

  private receive(message: Uint8Array): void {
    if (!this.isClosed) this.listener?.message(message);
  }

  private end(close: LinkClose): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.listener?.closed(close);
  }
}

export function quietLinkPair(): [Link<Uint8Array>, Link<Uint8Array>] {
  const left = new QuietEnd();
  const right = new QuietEnd();
  left.peer = right;
  right.peer = left;
  return [left, right];
}
