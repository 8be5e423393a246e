/**
 * How fast bytes may pass, where the owner has set a bound: a bucket that fills by so many bytes a second and holds one
 * second's worth. What has come cannot be refused any more, so it may go into debt; whoever shares it waits until the
 * debt is paid. Nothing is cut: that is back pressure's business.
 */
import { addressKey } from "./client-address.ts";

export class Pace {
  private readonly bytesPerSecond: number;
  private readonly counted: () => void;
  private level: number;
  private filledAt: number;

  /** `held` hears each time that a socket has to wait. */
  constructor(options: { bytesPerSecond: number; now: number; held: () => void }) {
    this.bytesPerSecond = options.bytesPerSecond;
    this.counted = options.held;
    this.level = options.bytesPerSecond;
    this.filledAt = options.now;
  }

  /** Counts what has passed. Returns for how many whole milliseconds nothing more should; 0 while there is no debt. */
  spend(bytes: number, now: number): number {
    const filled = this.level + ((now - this.filledAt) * this.bytesPerSecond) / 1000;
    this.level = Math.min(this.bytesPerSecond, filled) - bytes;
    this.filledAt = now;
    return this.level >= 0 ? 0 : Math.ceil((-this.level * 1000) / this.bytesPerSecond);
  }

  held(): void {
    this.counted();
  }
}

/** One bucket for all sockets of an address (IPv6: one /64), for as long as it has any. */
export class AddressPaces {
  private readonly paces = new Map<string, { readonly pace: Pace; sockets: number }>();
  private readonly create: () => Pace;

  constructor(create: () => Pace) {
    this.create = create;
  }

  /** For one more socket of `address`. */
  enter(address: string): Pace {
    const key = addressKey(address);
    const entry = this.paces.get(key) ?? { pace: this.create(), sockets: 0 };
    entry.sockets += 1;
    this.paces.set(key, entry);
    return entry.pace;
  }

  leave(address: string): void {
    const key = addressKey(address);
    const entry = this.paces.get(key);
    if (entry === undefined) return;
    entry.sockets -= 1;
    if (entry.sockets === 0) this.paces.delete(key);
  }
}
