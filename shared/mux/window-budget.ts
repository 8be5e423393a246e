/**
 * What the streams of a channel may have been granted together: at most 64 MiB (protocol section 4). Half is set
 * aside for the first windows of 128 streams, so that no stream's growth can keep a new one out. A parent, where there
 * is one, bounds many channels together and may give less.
 */
import { MAX_GROWTH_BYTES, MAX_STREAMS } from "./mux-limits.ts";

/** Streams of more than one channel, and their windows. What was taken comes back, at the latest with its channel. */
export interface ParentBudget {
  /** A stream begins. False: there may be no more. */
  open(): boolean;
  /** It is over on the wire, whatever is still held of it. */
  shut(): void;
  /** Sets one first window aside. False when there is none. */
  take(): boolean;
  release(): void;
  /** Returns how much of `bytes` there is. */
  grow(bytes: number): number;
  shrink(bytes: number): void;
}

export class WindowBudget implements ParentBudget {
  private parent: ParentBudget | undefined;
  private streams = 0;
  private firsts = 0;
  private growth = 0;

  constructor(parent?: ParentBudget) {
    this.parent = parent;
  }

  /** First windows and growth in use, for tests and metrics. */
  get used(): { readonly streams: number; readonly growthBytes: number } {
    return { streams: this.firsts, growthBytes: this.growth };
  }

  /** A stream begins. False when the parent has no room for it. */
  open(): boolean {
    if (this.parent?.open() === false) return false;
    this.streams += 1;
    return true;
  }

  shut(): void {
    this.streams -= 1;
    this.parent?.shut();
  }

  /** Sets one first window aside. False when 128 are in use, or the parent has none. */
  take(): boolean {
    if (this.firsts >= MAX_STREAMS || this.parent?.take() === false) return false;
    this.firsts += 1;
    return true;
  }

  release(): void {
    this.firsts -= 1;
    this.parent?.release();
  }

  /** Returns how much of `bytes` there is. */
  grow(bytes: number): number {
    const own = Math.min(bytes, MAX_GROWTH_BYTES - this.growth);
    const granted = this.parent === undefined ? own : this.parent.grow(own);
    this.growth += granted;
    return granted;
  }

  shrink(bytes: number): void {
    this.growth -= bytes;
    this.parent?.shrink(bytes);
  }

  /** The channel is over: the parent gets everything back, whatever its streams still do. */
  end(): void {
    const { parent } = this;
    this.parent = undefined;
    parent?.shrink(this.growth);
    for (let left = this.firsts; left > 0; left--) parent?.release();
    for (let left = this.streams; left > 0; left--) parent?.shut();
  }
}
