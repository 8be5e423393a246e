/**
 * What waits in the relay to be sent, over all sockets. Each socket has a bound of its own; this is the bound on
 * their sum: above it the socket with the most waiting is closed, because it is the one that does not read.
 */

export interface Sender {
  /** What it has waiting, with what the bookkeeping of each message costs. In bytes. */
  readonly weight: number;
  /** Closes a socket that does not read what it is sent. */
  overflow(): void;
}

export class OutputBudget {
  private readonly maxTotal: number;
  private readonly senders = new Set<Sender>();
  private total = 0;

  constructor(maxTotal: number) {
    this.maxTotal = maxTotal;
  }

  get queuedBytes(): number {
    return this.total;
  }

  /** What `sender` has waiting changed by `delta` bytes; its `weight` says how much that is now. */
  changed(sender: Sender, delta: number): void {
    this.total += delta;
    if (sender.weight === 0) this.senders.delete(sender);
    else this.senders.add(sender);
    if (delta > 0 && this.total > this.maxTotal) this.largest()?.overflow();
  }

  private largest(): Sender | undefined {
    let largest: Sender | undefined;
    for (const sender of this.senders) {
      if (largest === undefined || sender.weight > largest.weight) largest = sender;
    }
    return largest;
  }
}
