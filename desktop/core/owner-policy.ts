/**
 * What the owner decided, as requests of every protocol meet it: the rules, the headers that are added, and the list
 * of what was done.
 */
import type { HeaderPairs } from "#shared/mux/heads.ts";
import { type AccessSubject, decideAccess } from "./access-rules/decide.ts";
import { type AccessRule, PLAINTEXT_DEVICE } from "./access-rules/rule.ts";
import type { ActivityLog } from "./activity/activity-log.ts";
import type { OwnerSide } from "./v1/carry-out.ts";

export interface OwnerPolicy {
  readonly rules: () => readonly AccessRule[];
  readonly headers: (headers: HeaderPairs) => HeaderPairs;
  readonly activity: ActivityLog;
}

const PLAINTEXT: AccessSubject = { devices: [PLAINTEXT_DEVICE], readOnly: false };

/** The same for a client of protocol 1. `session` is the relay's name for it, or empty. */
export function plaintextOwnerSide({ rules, headers, activity }: OwnerPolicy, session: string): OwnerSide {
  const device = session === "" ? PLAINTEXT_DEVICE : `${PLAINTEXT_DEVICE}:${session}`;
  return {
    begin(request) {
      const { method, path } = request;
      const record = activity.begin({ device, method, path, isWebSocket: false });
      const headerNames = request.headers.map(([name]) => name);
      const decision = decideAccess(rules(), PLAINTEXT, { method, path, isWebSocket: false, headerNames });
      return { record, refused: decision.allowed ? undefined : decision.reason };
    },
    headers,
  };
}
