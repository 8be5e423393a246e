/** What the v2 sockets of one relay share beside the relay's own state. Absent where protocol 2 is not served. */
import type { Peers } from "../peers.ts";
import type { RateLimit } from "../rate-limit.ts";
import type { RelayState } from "../relay-state.ts";
import type { DeviceCount } from "./devices.ts";
import type { NodeClaims } from "./node-claims.ts";
import type { ProofPolicy } from "./node-proof.ts";

export interface V2State {
  readonly relay: RelayState;
  /** Where web apps have their origins, as clients are told; undefined where they have none. */
  readonly apps: () => string | undefined;
  readonly peers: Peers;
  /** Channels that may be opened at one node at once. */
  readonly nodeOpensBurst: number;
  readonly policy: ProofPolicy;
  readonly claims: NodeClaims;
  readonly deviceCount: DeviceCount;
  /** Proofs asked for, and opens by route, per address. */
  readonly hellos: RateLimit;
  readonly routeOpens: RateLimit;
  /** Opens by token, per node and device. */
  readonly deviceOpens: RateLimit;
}
