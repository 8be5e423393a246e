/**
 * What one socket has sent of a message that is not whole yet. The relay must keep it, so it counts: in a budget of all
 * sockets together, and against a deadline. Bytes are counted on the wire, below the WebSocket; what a chunk completed
 * is taken off again. What fits into one read is not worth counting, so small messages cost an addition.
 */
import type { Duplex } from "node:stream";
import type { Clock, Timer } from "./clock.ts";
import { MAX_UNFINISHED_MS, UNCOUNTED_UNFINISHED_BYTES, UNFINISHED_CHUNK_BYTES } from "./limits.ts";

/** Why a message is not waited for any longer. */
export type IntakeEnd = "budget" | "deadline";

/** Whose messages they are. */
export interface IntakeOwner {
  /** Called once: the socket must be closed. */
  unfinished(why: IntakeEnd): void;
  /** Ends the socket this instant. */
  terminate(): void;
}

/** Somebody who counts what a socket sends. */
export interface ByteCounter {
  countBytes(bytes: number): void;
}

export interface Receiver {
  /** What it holds of an unfinished message, in bytes; with what the bookkeeping of its pieces costs. */
  readonly held: number;
  overflow(): void;
  /** Ends its socket this instant: it has been closed, is not gone yet, and too much is held for such sockets. */
  cut(): void;
}

/** The bound on unfinished messages of all sockets: above it, the one that holds the most is closed. */
export class IntakeBudget {
  private readonly max: number;
  private readonly holders = new Set<Receiver>();
  /** What is still held for sockets that were closed and are not gone yet, the longest closed first. */
  private readonly leaving = new Map<Receiver, number>();
  private leavingTotal = 0;
  private total = 0;

  constructor(max: number) {
    this.max = max;
  }

  get heldBytes(): number {
    return this.total;
  }

  /** What `holder` holds changed by `delta` bytes. */
  changed(holder: Receiver, delta: number): void {
    this.total += delta;
    if (holder.held === 0) this.holders.delete(holder);
    else this.holders.add(holder);
    while (delta > 0 && this.total > this.max) {
      let largest = holder;
      for (const other of this.holders) if (other.held > largest.held) largest = other;
      // It holds nothing that counts afterwards, so this ends.
      largest.overflow();
    }
  }

  /** `holder` was closed, and is not read any more; `bytes` are held until it is gone. */
  leaves(holder: Receiver, bytes: number): void {
    this.leaving.set(holder, bytes);
    this.leavingTotal += bytes;
    for (const first of this.leaving.keys()) {
      if (this.leavingTotal <= this.max) return;
      this.left(first);
      first.cut();
    }
  }

  left(holder: Receiver): void {
    this.leavingTotal -= this.leaving.get(holder) ?? 0;
    this.leaving.delete(holder);
  }
}

export class Intake implements Receiver {
  private readonly stream: Duplex;
  private readonly budget: IntakeBudget;
  private readonly clock: Clock;
  private readonly owner: IntakeOwner;
  private counter: ByteCounter | undefined;
  private counted = 0;
  /** On the wire since the last whole message, and in how many pieces. */
  private bytes = 0;
  private chunks = 0;
  /** Of the chunk being read: what belonged to messages and control frames that are whole now. */
  private completed = 0;
  private hasCompletedMessage = false;
  private deadline: Timer | undefined;

  constructor(options: {
    stream: Duplex;
    budget: IntakeBudget;
    clock: Clock;
    owner: IntakeOwner;
  }) {
    this.stream = options.stream;
    this.budget = options.budget;
    this.clock = options.clock;
    this.owner = options.owner;
    // After the listener of the WebSocket, which has told of everything whole by the time this is called.
    this.stream.on("data", this.read);
  }

  get held(): number {
    return this.counted;
  }

  /** Tells `counter` of each chunk, after its messages; a second listener of the stream would cost every socket more. */
  countFor(counter: ByteCounter | undefined): void {
    this.counter = counter;
  }

  cut(): void {
    this.owner.terminate();
  }

  /** A message of so many bytes is whole. */
  message(length: number): void {
    this.completed += length + headerBytes(length);
    this.hasCompletedMessage = true;
  }

  /** A ping or a pong came; it may stand in the middle of a message. */
  control(length: number): void {
    this.completed += length + headerBytes(length);
  }

  /** The socket was not read for a while: its message has its whole time again. */
  resumed(): void {
    if (this.deadline !== undefined) this.startDeadline();
  }

  overflow(): void {
    this.give("budget");
  }

  /** The socket is closed. */
  end(): void {
    this.stop();
    this.budget.left(this);
  }

  private stop(): void {
    this.stream.off("data", this.read);
    this.deadline?.cancel();
    this.deadline = undefined;
    this.count(0);
  }

  private readonly read = (chunk: Buffer): void => {
    const left = this.bytes + chunk.length - this.completed;
    if (this.hasCompletedMessage) {
      // A message in fragments had more headers than were taken off; what is left is at most this chunk all the same.
      this.bytes = Math.max(0, Math.min(left, chunk.length));
      this.chunks = 1;
      this.deadline?.cancel();
      this.deadline = undefined;
    } else {
      if (this.completed < chunk.length) this.chunks += 1;
      this.bytes = Math.max(0, left);
    }
    this.completed = 0;
    this.hasCompletedMessage = false;
    const weight = this.bytes + this.chunks * UNFINISHED_CHUNK_BYTES;
    if (weight > UNCOUNTED_UNFINISHED_BYTES) {
      if (this.deadline === undefined) this.startDeadline();
      this.count(weight);
    } else if (this.counted > 0) this.count(0);
    this.counter?.countBytes(chunk.length);
  };

  private startDeadline(): void {
    this.deadline?.cancel();
    this.deadline = this.clock.after(MAX_UNFINISHED_MS, () => this.give("deadline"));
  }

  private give(why: IntakeEnd): void {
    const held = this.counted;
    this.stop();
    this.owner.unfinished(why);
    this.budget.leaves(this, held);
  }

  private count(weight: number): void {
    const delta = weight - this.counted;
    if (delta === 0) return;
    this.counted = weight;
    this.budget.changed(this, delta);
  }
}

/** Of one frame to a server, which is always masked. A longer form than needed counts too little here, never too much. */
function headerBytes(length: number): number {
  if (length < 126) return 6;
  return length < 65_536 ? 8 : 14;
}
