/** A test of the relay as dots of the chain: what went well, where it broke, and what was not reached. */

import type { HopState } from "#shared/looks/hop-state.ts";
import type { RelayHop, RelayTest } from "../contract/results.ts";

export interface TestedHop {
  readonly hop: RelayHop;
  readonly state: HopState;
}

/** Hops that do not apply (no TLS on a plain address) are left out. */
export function testedHops({ hops }: RelayTest): readonly TestedHop[] {
  const failedAt = hops.findIndex(({ state }) => state === "failed");
  return hops.flatMap(({ hop, state }, index): TestedHop[] => {
    if (state === "ok") return [{ hop, state: "good" }];
    if (state === "failed") return [{ hop, state: index === failedAt ? "broken" : "behind" }];
    return failedAt >= 0 && index > failedAt ? [{ hop, state: "behind" }] : [];
  });
}

export function failedHop({ hops }: RelayTest): RelayHop | undefined {
  return hops.find(({ state }) => state === "failed")?.hop;
}
