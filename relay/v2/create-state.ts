/** What the v2 sockets of one relay share, made. */
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { DEVICE_OPENS_PER_MINUTE } from "../limits.ts";
import type { Peers } from "../peers.ts";
import { RateLimit } from "../rate-limit.ts";
import type { RelayState } from "../relay-state.ts";
import { DeviceCount } from "./devices.ts";
import { NodeClaims } from "./node-claims.ts";
import { servedHost } from "./served-host.ts";
import type { V2State } from "./state.ts";

/** Undefined where protocol 2 cannot be served, because strangers reach this relay and it does not know its name. */
export function createV2State(options: {
  relay: RelayState;
  peers: Peers;
  hellosPerMinute: number;
  nodeOpensBurst: number;
  /** As `V2State` has it. */
  apps: () => string | undefined;
}): V2State | undefined {
  const { relay, peers, hellosPerMinute, nodeOpensBurst, apps } = options;
  const { config, clock, enrolment } = relay;
  const servesHost = servedHost(config);
  if (servesHost === undefined) return undefined;
  return {
    ...{ relay, peers, apps, nodeOpensBurst },
    policy: { backend: createCryptoBackend(), servesHost, enrolment },
    claims: new NodeClaims(),
    deviceCount: new DeviceCount(),
    hellos: new RateLimit({ clock, perMinute: hellosPerMinute }),
    routeOpens: new RateLimit({ clock, perMinute: config.pairRatePerMinute }),
    deviceOpens: new RateLimit({ clock, perMinute: DEVICE_OPENS_PER_MINUTE }),
  };
}
