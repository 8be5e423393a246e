/**
 * Two links joined in memory, for tests: what one sends the other receives, in a later turn, in order. It can
 * hold messages back, so that a test decides what has arrived, and change or drop them on the way.
 */
import type { Link, LinkClose, LinkListener } from "#shared/link.ts";

export interface MemoryLink<Message> extends Link<Message> {
  /** Looks at each message before it is delivered to the other end; returns what to deliver instead. */
  tamper: ((message: Message) => Message[]) | undefined;
  /** While true, what this end sends waits (and counts as queued). Setting it false delivers it. */
  held: boolean;
  /** Everything this end has sent, as sent. */
  readonly sent: readonly Message[];
}

class MemoryEnd<Message> implements MemoryLink<Message> {
  tamper: ((message: Message) => Message[]) | undefined;
  readonly sent: Message[] = [];
  peer!: MemoryEnd<Message>;
  private listener: LinkListener<Message> | undefined;
  private early: (() => void)[] = [];
  private waiting: Message[] = [];
  private isHeld = false;
  private isClosed = false;
  private readonly sizeOf: (message: Message) => number;

  constructor(sizeOf: (message: Message) => number) {
    this.sizeOf = sizeOf;
  }

  get queuedBytes(): number {
    return this.waiting.reduce((sum, message) => sum + this.sizeOf(message), 0);
  }

  get held(): boolean {
    return this.isHeld;
  }

  set held(held: boolean) {
    this.isHeld = held;
    if (!held) this.flushSoon();
  }

  send(message: Message): void {
    if (this.isClosed) return;
    this.sent.push(message);
    this.waiting.push(message);
    if (!this.isHeld) this.flushSoon();
  }

  close(code: number, reason: string): void {
    if (this.isClosed) return;
    queueMicrotask(() => {
      this.peer.end({ code, reason });
      this.end({ code, reason });
    });
  }

  listen(listener: LinkListener<Message>): void {
    this.listener = listener;
    const early = this.early;
    this.early = [];
    for (const deliver of early) deliver();
  }

  private flushSoon(): void {
    queueMicrotask(() => {
      if (this.isHeld || this.waiting.length === 0) return;
      const batch = this.waiting;
      this.waiting = [];
      for (const message of batch) {
        for (const changed of this.tamper ? this.tamper(message) : [message]) {
          this.peer.deliver((listener) => listener.message(changed));
        }
      }
      this.deliver((listener) => listener.drained());
    });
  }

  private deliver(call: (listener: LinkListener<Message>) => void): void {
    if (this.isClosed) return;
    if (this.listener) call(this.listener);
    else this.early.push(() => this.deliver(call));
  }

  private end(close: LinkClose): void {
    this.deliver((listener) => listener.closed(close));
    this.isClosed = true;
  }
}

/** Makes the pair. `sizeOf` tells what a message counts towards `queuedBytes`. */
export function memoryLinkPair<Message extends { length: number }>(
  sizeOf: (message: Message) => number = (message) => message.length,
): [MemoryLink<Message>, MemoryLink<Message>] {
  const left = new MemoryEnd<Message>(sizeOf);
  const right = new MemoryEnd<Message>(sizeOf);
  left.peer = right;
  right.peer = left;
  return [left, right];
}
