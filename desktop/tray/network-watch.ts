/**
 * Tells when this machine's network has changed, by looking at its addresses now and then: no system tells a program of
 * its own accord in the same way. A change means: see now whether the connection still lives.
 */
import type { NetworkInterfaceInfo } from "node:os";
import type { Cancel, Clock } from "../core/clock.ts";

export const LOOK_EVERY_MS = 3_000;

export interface NetworkWatchOptions {
  readonly clock: Clock;
  readonly interfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
  readonly changed: () => void;
}

export function watchNetwork({ clock, interfaces, changed }: NetworkWatchOptions): { stop(): void } {
  let known = fingerprint(interfaces());
  let cancel: Cancel = clock.after(LOOK_EVERY_MS, look);
  function look(): void {
    cancel = clock.after(LOOK_EVERY_MS, look);
    const now = fingerprint(interfaces());
    if (now === known) return;
    known = now;
    changed();
  }
  return { stop: () => cancel() };
}

/** Addresses alone: temporary IPv6 ones come and go without a change that matters, so only their network counts. */
function fingerprint(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string {
  return Object.entries(interfaces)
    .flatMap(([name, infos]) =>
      (infos ?? [])
        .filter(({ internal }) => !internal)
        .map(({ address, family }) =>
          family === "IPv6" ? `${name} ${address.split(":").slice(0, 4).join(":")}` : `${name} ${address}`,
        ),
    )
    .sort()
    .join("\n");
}
