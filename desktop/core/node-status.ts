/**
 * What happens at the node, as one stream of values. Terminal and tray render these and nothing else, so that they
 * cannot disagree.
 */
import type { RelayState } from "./connector/relay-state.ts";
import type { ApiState } from "./local-proxy/api-watch.ts";
import type { OfferEvent } from "./v1/pair-offers.ts";
import type { RelayOddity } from "./v1/session.ts";

export type NodeEvent =
  | { readonly kind: "relay"; readonly state: RelayState }
  | { readonly kind: "api"; readonly state: ApiState }
  | OfferEvent
  | RelayOddity;
