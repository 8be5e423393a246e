/** What the sockets and routes of one relay share. It is built in one place, `parts.ts`, and handed on. */
import type { Clock } from "./clock.ts";
import type { RelayConfig } from "./config.ts";
import type { Elsewhere } from "./elsewhere/elsewhere.ts";
import type { Enrolment } from "./enrolment/enrolment.ts";
import type { Hub } from "./hub.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { Offers } from "./offers.ts";
import type { Sessions } from "./sessions.ts";
import type { Routes } from "./v2/routes.ts";

export interface RelayState {
  readonly config: RelayConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly enrolment: Enrolment;
  readonly metrics: Metrics;
  readonly hub: Hub;
  readonly offers: Offers;
  readonly routes: Routes;
  readonly sessions: Sessions;
  /** The other relays of its name; undefined where there are none. */
  readonly elsewhere: Elsewhere | undefined;
  /** Whether this relay is being shut down. */
  readonly isDraining: () => boolean;
}
