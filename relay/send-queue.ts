/** What waits for one socket beyond the little that the socket itself holds: first in, first out, and countable. */

export interface QueuedMessage {
  readonly data: string | Uint8Array;
  readonly isBinary: boolean;
}

/** Spent slots at the front are cut off in pieces of this many, so that taking one stays cheap however many wait. */
const SPENT_SLOTS = 1_024;

export class SendQueue<Message extends Pick<QueuedMessage, "data"> = QueuedMessage> {
  private messages: (Message | undefined)[] = [];
  private head = 0;
  private queuedBytes = 0;

  get bytes(): number {
    return this.queuedBytes;
  }

  get length(): number {
    return this.messages.length - this.head;
  }

  push(message: Message): void {
    this.messages.push(message);
    this.queuedBytes += sizeOf(message);
  }

  take(): Message | undefined {
    const message = this.messages[this.head];
    if (message === undefined) return undefined;
    this.messages[this.head] = undefined;
    this.head += 1;
    this.queuedBytes -= sizeOf(message);
    if (this.head === this.messages.length) this.clear();
    else if (this.head >= SPENT_SLOTS) {
      this.messages = this.messages.slice(this.head);
      this.head = 0;
    }
    return message;
  }

  clear(): void {
    this.messages = [];
    this.head = 0;
    this.queuedBytes = 0;
  }
}

function sizeOf({ data }: Pick<QueuedMessage, "data">): number {
  return typeof data === "string" ? Buffer.byteLength(data) : data.length;
}
