/**
 * Who is here, as the owner sees it: a device with its web apps is one, however many channels they have. It holds what
 * each channel counted as, because a device that was thrown out can no longer be asked.
 */
export class Presence {
  private readonly countedAs = new Map<object, string>();
  private readonly counts = new Map<string, number>();

  has(device: string): boolean {
    return this.counts.has(device);
  }

  /** A channel came in. True when its device was not here before. */
  enter(channel: object, device: string): boolean {
    const others = this.counts.get(device) ?? 0;
    this.countedAs.set(channel, device);
    this.counts.set(device, others + 1);
    return others === 0;
  }

  /** A channel is over. The device, when nothing of it is here any more. */
  leave(channel: object): string | undefined {
    const device = this.countedAs.get(channel);
    if (device === undefined || !this.countedAs.delete(channel)) return undefined;
    const left = (this.counts.get(device) ?? 0) - 1;
    if (left > 0) {
      this.counts.set(device, left);
      return undefined;
    }
    this.counts.delete(device);
    return device;
  }
}
