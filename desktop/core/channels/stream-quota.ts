/**
 * Streams and window memory of all channels together, shared out: a device, a device with those it let in, and all.
 * A channel alone is bounded by the protocol, but a device may have sixteen and let others in; without this one of
 * them could fill the node's memory, or take every call to the local API.
 */
import type { ParentBudget } from "#shared/mux/window-budget.ts";

const MIB = 1024 * 1024;

// Of streams that are open, and of first windows; a window outlives its stream while something of it is held.
export const MAX_STREAMS_PER_DEVICE = 128;
/** Of a device and those it let in. */
export const MAX_STREAMS_PER_FAMILY = 256;
export const MAX_STREAMS_OF_NODE = 1_024;
/** What stream windows may grow beyond their first size. */
export const MAX_GROWTH_PER_FAMILY_BYTES = 128 * MIB;
export const MAX_GROWTH_OF_NODE_BYTES = 256 * MIB;

/** What one name has in use. */
interface Tally {
  open: number;
  windows: number;
  growth: number;
}

export class StreamQuota {
  private readonly all: Tally = { open: 0, windows: 0, growth: 0 };
  private readonly devices = new Map<string, Tally>();
  private readonly families = new Map<string, Tally>();

  /** In use, for tests and metrics. */
  get used(): Readonly<Tally> & { readonly names: number } {
    return { ...this.all, names: this.devices.size + this.families.size };
  }

  /** The part of one channel. `family` names the device that let all of a family in. */
  share(device: string, family: string): ParentBudget {
    const change = (kind: keyof Tally, by: number) => {
      this.all[kind] += by;
      add(this.devices, device, kind, by);
      add(this.families, family, kind, by);
    };
    const one = (kind: "open" | "windows") => {
      const hasRoom =
        this.all[kind] < MAX_STREAMS_OF_NODE &&
        (this.devices.get(device)?.[kind] ?? 0) < MAX_STREAMS_PER_DEVICE &&
        (this.families.get(family)?.[kind] ?? 0) < MAX_STREAMS_PER_FAMILY;
      if (hasRoom) change(kind, 1);
      return hasRoom;
    };
    return {
      open: () => one("open"),
      shut: () => change("open", -1),
      take: () => one("windows"),
      release: () => change("windows", -1),
      grow: (bytes) => {
        const left = Math.min(
          MAX_GROWTH_OF_NODE_BYTES - this.all.growth,
          MAX_GROWTH_PER_FAMILY_BYTES - (this.families.get(family)?.growth ?? 0),
        );
        const granted = Math.min(bytes, left);
        change("growth", granted);
        return granted;
      },
      shrink: (bytes) => change("growth", -bytes),
    };
  }
}

/** Forgets names that have nothing in use. */
function add(tallies: Map<string, Tally>, name: string, kind: keyof Tally, by: number): void {
  const tally = tallies.get(name) ?? { open: 0, windows: 0, growth: 0 };
  tally[kind] += by;
  if (tally.open === 0 && tally.windows === 0 && tally.growth === 0) tallies.delete(name);
  else tallies.set(name, tally);
}
