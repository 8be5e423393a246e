/** How many of something there are, in all and of each address (IPv6: one /64), and whether one more may come. */
import { addressKey } from "./client-address.ts";

export class AddressCount {
  private readonly max: number;
  private readonly maxPerAddress: number;
  private readonly perAddress = new Map<string, number>();
  private total = 0;

  constructor(options: { max: number; maxPerAddress: number }) {
    this.max = options.max;
    this.maxPerAddress = options.maxPerAddress;
  }

  hasRoom(address: string): boolean {
    return this.total < this.max && (this.perAddress.get(addressKey(address)) ?? 0) < this.maxPerAddress;
  }

  change(address: string, by: 1 | -1): void {
    const key = addressKey(address);
    const count = (this.perAddress.get(key) ?? 0) + by;
    this.total += by;
    if (count === 0) this.perAddress.delete(key);
    else this.perAddress.set(key, count);
  }
}
