/**
 * The clean end: requests under way get a moment, then every socket is told that the relay restarts (1012), spread
 * over a while when there are many, so that they do not all come back in one moment. Nothing outlives the deadline.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { Clock } from "./clock.ts";
import { DRAIN_MS, FAREWELL_AT_ONCE, FAREWELL_SPREAD_MS, SHUTDOWN_MS } from "./limits.ts";
import type { PeerSocket } from "./peer-socket.ts";

const STEP_MS = 50;

/** Resolves when every peer is gone, at the latest after SHUTDOWN_MS. No new ones may come meanwhile. */
export async function sayFarewell(options: {
  clock: Clock;
  peers: ReadonlySet<PeerSocket>;
  pending: () => number;
}): Promise<void> {
  const { clock, peers, pending } = options;
  const start = clock.now();
  const elapsed = () => clock.now() - start;
  const step = () => new Promise<void>((resolve) => clock.after(STEP_MS, resolve));
  while (pending() > 0 && elapsed() < DRAIN_MS) await step();
  const told = [...peers];
  const steps = told.length <= FAREWELL_AT_ONCE ? 1 : FAREWELL_SPREAD_MS / STEP_MS;
  const batch = Math.ceil(told.length / steps);
  for (let index = 0; index < told.length; index += batch) {
    if (index > 0) await step();
    for (const peer of told.slice(index, index + batch))
      peer.close(CLOSE.RELAY_RESTARTING, "relay_restarting");
  }
  while (peers.size > 0 && elapsed() < SHUTDOWN_MS) await step();
  for (const peer of peers) peer.terminate();
}
