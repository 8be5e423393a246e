/**
 * What the streams of a channel may have been granted together: at most 64 MiB (protocol section 4). Half is set
 * aside for the first windows of 128 streams, so that no stream's growth can keep a new one out.
 */
import { MAX_GROWTH_BYTES, MAX_STREAMS } from "./mux-limits.ts";

export class WindowBudget {
  private firsts = 0;
  private growth = 0;

  /** First windows and growth in use, for tests and metrics. */
  get used(): { readonly streams: number; readonly growthBytes: number } {
    return { streams: this.firsts, growthBytes: this.growth };
  }

  /** Sets one first window aside. False when 128 are in use. */
  take(): boolean {
    if (this.firsts >= MAX_STREAMS) return false;
    this.firsts += 1;
    return true;
  }

  release(): void {
    this.firsts -= 1;
  }

  /** Returns how much of `bytes` there is. */
  grow(bytes: number): number {
    const granted = Math.min(bytes, MAX_GROWTH_BYTES - this.growth);
    this.growth += granted;
    return granted;
  }

  shrink(bytes: number): void {
    this.growth -= bytes;
  }
}
