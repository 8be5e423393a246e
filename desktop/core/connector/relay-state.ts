/**
 * What the connection to the relay is doing, as one value. It changes by the pure function here and nowhere else, and
 * whoever shows it renders it whole.
 */
import type { Outage } from "./outage.ts";

/** Times in milliseconds since 1970. */
export type RelayState =
  | { readonly kind: "stopped" }
  | { readonly kind: "connecting"; readonly outage?: OngoingOutage }
  | { readonly kind: "connected"; readonly since: number }
  | { readonly kind: "waiting"; readonly until: number; readonly outage: OngoingOutage };

interface OngoingOutage extends Outage {
  /** Since when there has been no connection. */
  readonly since: number;
}

export type RelayEvent =
  | { readonly kind: "dialling" }
  | { readonly kind: "online"; readonly now: number }
  | { readonly kind: "lost"; readonly now: number; readonly until: number; readonly outage: Outage }
  | { readonly kind: "stopped" };

/** The state after `event`. An outage keeps its beginning over all the attempts to end it, and its latest reason. */
export function nextState(state: RelayState, event: RelayEvent): RelayState {
  switch (event.kind) {
    case "dialling":
      return "outage" in state ? { kind: "connecting", outage: state.outage } : { kind: "connecting" };
    case "online":
      return { kind: "connected", since: event.now };
    case "lost": {
      const since = "outage" in state ? state.outage.since : event.now;
      return { kind: "waiting", until: event.until, outage: { ...event.outage, since } };
    }
    case "stopped":
      return { kind: "stopped" };
  }
}
