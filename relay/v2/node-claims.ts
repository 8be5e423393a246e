/**
 * Which socket speaks for a node that has proved its key. The newest does, at once: an owner's own dead connection
 * must never block the next one (a v1 id proves nothing, so there the holder stays). The `epoch` in the proof plays no
 * part here: within one process the order in which proofs came is known. It is for relays of several instances, which
 * have to agree on who is the newer.
 */

export interface Claimant {
  readonly id: string;
  /** Another socket has proved the same key. */
  replaced(): void;
}

export class NodeClaims {
  private readonly holders = new Map<string, Claimant>();

  get size(): number {
    return this.holders.size;
  }

  /** `claimant` speaks for its node from now on. */
  claim(claimant: Claimant): void {
    const holder = this.holders.get(claimant.id);
    this.holders.set(claimant.id, claimant);
    holder?.replaced();
  }

  /** `claimant` has gone; a successor stays. */
  release(claimant: Claimant): void {
    if (this.holders.get(claimant.id) === claimant) this.holders.delete(claimant.id);
  }
}
