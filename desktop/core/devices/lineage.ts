/**
 * Who let whom in. A device may do what all those it descends from may do, and goes with each of them, so its line is
 * always walked to its end, however long a damaged store makes it.
 */
import type { Device } from "./device.ts";

/**
 * How many generations there may be: a device of the last one lets nobody in. Each request looks at the whole line.
 */
export const MAX_GENERATIONS = 8;

/**
 * Web apps of one device. Each clearing of a browser's storage leaves one behind, and the one that was not used for
 * longest makes room.
 */
export const MAX_APPS_PER_DEVICE = 8;

export interface Line {
  /** The device and those it descends from, nearest first. */
  readonly members: readonly Device[];
  /** It ends with a device that the owner let in. Otherwise somebody is missing, and nobody answers for the device. */
  readonly isWhole: boolean;
}

/** The line of a device, as far as it is known. */
export function lineOf(id: string, get: (id: string) => Device | undefined): Line {
  const members = new Set<Device>();
  let next: string | undefined = id;
  while (next !== undefined) {
    const device = get(next);
    // Missing, or a circle: the store was damaged, or changed by hand.
    if (device === undefined || members.has(device)) return { members: [...members], isWhole: false };
    members.add(device);
    next = device.parent;
  }
  return { members: [...members], isWhole: true };
}
