/** What happens at the node, as one stream of values. Terminal and tray render these and nothing else. */
import type { ChannelEvent } from "./channels/channel-host.ts";
import type { RelayState } from "./connector/relay-state.ts";
import type { Device } from "./devices/device.ts";
import type { ApiState } from "./local-proxy/api-watch.ts";
import type { PairingEvent } from "./pairing/pairing-desk.ts";
import type { SessionEvent } from "./relay-session/v2-session.ts";
import type { OfferEvent } from "./v1/pair-offers.ts";
import type { RelayOddity } from "./v1/session.ts";

export type CoreEvent =
  | { readonly kind: "relay"; readonly state: RelayState }
  | { readonly kind: "api"; readonly state: ApiState }
  /** What is on offer has changed: look at the node's `offerView`. */
  | { readonly kind: "offers" }
  | { readonly kind: "device_expired"; readonly device: Device }
  /** Thrown out, as it was called last. Told before its channels end. */
  | { readonly kind: "device_revoked"; readonly device: Device }
  /** This machine's clock is ahead of the relay's by that much: nobody expires until they agree. */
  | { readonly kind: "clock_doubtful"; readonly aheadMs: number }
  /** An item of the store cannot be read. It was left as it is. */
  | { readonly kind: "damaged"; readonly item: string }
  | { readonly kind: "store_failed"; readonly error: unknown }
  /** The relay speaks protocol 1 alone, and plaintext is allowed. */
  | { readonly kind: "old_relay" }
  /** `ORA_RELAY_ENROLL_KEY` is set, and the way to the relay is not encrypted. */
  | { readonly kind: "enroll_key_withheld" }
  /** The relay calls itself `url`, and links lead elsewhere. Told once. */
  | { readonly kind: "relay_named_otherwise"; readonly url: string }
  | PairingEvent
  | ChannelEvent
  | SessionEvent
  | OfferEvent
  | RelayOddity;
