/** How each dot of the chain is drawn, from what the main process says of it. */
import type { HopState } from "#shared/looks/hop-state.ts";
import { HOPS, type Hop, type StatusView } from "../contract/status-view.ts";

export function hopStates(
  status: Pick<StatusView, "ring" | "brokenHop">,
): readonly (readonly [Hop, HopState])[] {
  const { ring, brokenHop } = status;
  if (brokenHop === undefined) {
    return HOPS.map((hop) => [hop, ring === "connecting" ? "waiting" : "good"]);
  }
  const at = HOPS.indexOf(brokenHop);
  const broken = ring === "paused" ? "resting" : ring === "connecting" ? "waiting" : "broken";
  return HOPS.map((hop, index) => [hop, index < at ? "good" : index === at ? broken : "behind"]);
}
