/**
 * Room for handshakes under way, shared out so that nobody's half-open channels keep others out. When a device or an
 * offer has too many, its own oldest ends; when all together are too many, the oldest of whoever has the most. Whose a
 * handshake is, is the relay's hint: a lie costs those it names a retry.
 */

/** Channels whose client has proved nothing yet, in all. */
export const MAX_HANDSHAKES = 128;
/** Of those, for offers; the rest is for sessions. */
export const MAX_OFFER_HANDSHAKES = 32;
/** Of one device, or for one offer: a browser's tabs that all come back at once. */
export const MAX_HANDSHAKES_PER_KEY = 8;
/** Of a device and those it let in. */
export const MAX_HANDSHAKES_PER_FAMILY = 32;

/** Whose a handshake is. */
export interface HandshakeOwner {
  readonly kind: "session" | "offer";
  /** The device, or the route of the offer. */
  readonly key: string;
  /** The device that let all of a session's family in; not looked at for offers. */
  readonly family: string;
}

interface Slot extends HandshakeOwner {
  readonly evict: () => void;
}

export class HandshakeSlots {
  /** The oldest first. */
  private readonly slots = new Set<Slot>();

  get size(): number {
    return this.slots.size;
  }

  /** Always makes room. `evict` ends the handshake. Returns what gives its place back, once or more. */
  enter(owner: HandshakeOwner, evict: () => void): () => void {
    const slot: Slot = { ...owner, evict };
    const { kind, key, family } = owner;
    const alike = [...this.slots].filter((other) => other.kind === kind);
    const own = alike.filter((other) => other.key === key);
    const related = alike.filter((other) => kind === "session" && other.family === family);
    const most = kind === "offer" ? MAX_OFFER_HANDSHAKES : MAX_HANDSHAKES - MAX_OFFER_HANDSHAKES;
    if (own.length >= MAX_HANDSHAKES_PER_KEY) this.end(own);
    else if (related.length >= MAX_HANDSHAKES_PER_FAMILY) this.end(largest(related, byKey));
    else if (alike.length >= most) this.end(largest(largest(alike, byFamily), byKey));
    this.slots.add(slot);
    return () => {
      this.slots.delete(slot);
    };
  }

  private end([oldest]: readonly Slot[]): void {
    if (oldest === undefined) return;
    this.slots.delete(oldest);
    oldest.evict();
  }
}

const byKey = ({ key }: Slot) => key;
const byFamily = ({ kind, key, family }: Slot) => (kind === "session" ? family : key);

/** The largest group; of several, the one that began first. */
function largest(slots: readonly Slot[], nameOf: (slot: Slot) => string): Slot[] {
  const groups = new Map<string, Slot[]>();
  for (const slot of slots) groups.set(nameOf(slot), [...(groups.get(nameOf(slot)) ?? []), slot]);
  return [...groups.values()].reduce((most, group) => (group.length > most.length ? group : most), []);
}
