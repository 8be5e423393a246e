/**
 * Which socket speaks for a node that has proved its key. The newest does, at once: an owner's own dead connection
 * must never block the next one (a v1 id proves nothing, so there the holder stays). Within one process the order in
 * which proofs came is known; several instances agree by the `epoch` of the proof (elsewhere/node-places.ts).
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
