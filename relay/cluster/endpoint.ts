/** One end of a link, whichever it is: both directions, the order of what comes, and what it keeps of memory. */
import { QUEUED_MESSAGE_BYTES } from "../limits.ts";
import type { OutputBudget, Sender } from "../output-budget.ts";
import { LINK_PART_BYTES } from "./cluster-limits.ts";
import { FRAME, type Frame, nextNumber } from "./frame.ts";
import { LinkReceiver, type ReceiverOwner } from "./link-receiver.ts";
import { type LinkPlace, LinkSender, type SenderBounds, type SenderOwner } from "./link-sender.ts";

export interface EndpointOwner {
  message(data: Buffer, isBinary: boolean): void;
  congested(): void;
  drained(): void;
  /** More waits, either way, than may. */
  overflow(): void;
  /** The other end does not keep to the protocol. */
  broken(why: "too_big" | "bad_message"): void;
  /** All that had come while it was paused is delivered. */
  emptied(): void;
}

export interface EndpointOptions {
  readonly place: LinkPlace;
  readonly owner: EndpointOwner;
  readonly budget: OutputBudget;
  readonly bounds: Omit<SenderBounds, "maxPartBytes"> & { readonly maxMessageBytes: number };
  /** What one frame on this bus may carry. */
  readonly maxPartBytes: number;
  readonly isPaused: boolean;
}

const ACK_BYTES = 4;

export class Endpoint implements Sender, SenderOwner, ReceiverOwner {
  readonly place: LinkPlace;
  readonly sender: LinkSender;
  readonly receiver: LinkReceiver;
  private readonly owner: EndpointOwner;
  private readonly budget: OutputBudget;
  private expected = 0;
  private weighed = 0;

  constructor(options: EndpointOptions) {
    const { place, bounds, isPaused } = options;
    this.place = place;
    this.owner = options.owner;
    this.budget = options.budget;
    const maxPartBytes = Math.min(options.maxPartBytes, LINK_PART_BYTES);
    this.sender = new LinkSender({ place, bounds: { ...bounds, maxPartBytes }, owner: this });
    this.receiver = new LinkReceiver({ owner: this, maxMessageBytes: bounds.maxMessageBytes, isPaused });
  }

  get weight(): number {
    return this.weighed;
  }

  /** Whether the frame is the next one. After one that is not, the link is of no more use. */
  isInOrder(frame: Frame): boolean {
    if (frame.sequence !== this.expected) return false;
    this.expected = nextNumber(this.expected);
    return true;
  }

  acknowledged(payload: Buffer): void {
    if (payload.length === ACK_BYTES) this.sender.acknowledged(payload.readUInt32BE(0));
  }

  close(): void {
    this.sender.close();
    this.receiver.close();
  }

  /** Of its sender and receiver, and so is all that follows. */
  waitingChanged(): void {
    const { waitingBytes, waitingFrames } = this.sender;
    const weight = waitingBytes + waitingFrames * QUEUED_MESSAGE_BYTES + this.receiver.heldBytes;
    const delta = weight - this.weighed;
    if (delta === 0) return;
    this.weighed = weight;
    this.budget.changed(this, delta);
  }

  message(data: Buffer, isBinary: boolean): void {
    this.owner.message(data, isBinary);
  }

  taken(bytes: number): void {
    const payload = Buffer.allocUnsafe(ACK_BYTES);
    payload.writeUInt32BE(bytes);
    this.sender.word(FRAME.ACK, payload);
  }

  congested(): void {
    this.owner.congested();
  }

  drained(): void {
    this.owner.drained();
  }

  overflow(): void {
    this.owner.overflow();
  }

  broken(why: "too_big" | "bad_message"): void {
    this.owner.broken(why);
  }

  emptied(): void {
    this.owner.emptied();
  }
}
