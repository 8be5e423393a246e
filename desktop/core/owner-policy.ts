/**
 * What the owner decided, as requests of every protocol meet it: the rules, the headers that are added, and the list
 * of what was done.
 */
import type { HeaderPairs } from "#shared/mux/heads.ts";
import type { Slots } from "#shared/slots.ts";
import { type AccessSubject, decideAccess } from "./access-rules/decide.ts";
import { type AccessRule, PLAINTEXT_DEVICE } from "./access-rules/rule.ts";
import type { ActivityLog } from "./activity/activity-log.ts";
import type { OwnerSide } from "./v1/carry-out.ts";

export interface OwnerPolicy {
  readonly rules: () => readonly AccessRule[];
  readonly headers: (headers: HeaderPairs) => HeaderPairs;
  readonly activity: ActivityLog;
}

/** The same where there are plaintext clients, too. */
export interface PlaintextPolicy extends OwnerPolicy {
  /** Requests of plaintext clients under way; each looks at the rules again when it is called. */
  readonly plaintextCalls: Slots<() => void>;
}

const PLAINTEXT: AccessSubject = { devices: [PLAINTEXT_DEVICE], readOnly: false };

/** The same for a client of protocol 1. `session` is the relay's name for it, or empty. */
export function plaintextOwnerSide(policy: PlaintextPolicy, session: string): OwnerSide {
  const { rules, headers, activity, plaintextCalls } = policy;
  const device = session === "" ? PLAINTEXT_DEVICE : `${PLAINTEXT_DEVICE}:${session}`;
  return {
    begin: ({ method, path }) => activity.begin({ device, method, path, isWebSocket: false }),
    refusal({ method, path, headers: given }) {
      const headerNames = given.map(([name]) => name);
      const decision = decideAccess(rules(), PLAINTEXT, { method, path, isWebSocket: false, headerNames });
      return decision.allowed ? undefined : decision.reason;
    },
    underWay(lookAgain) {
      const place = plaintextCalls.add(lookAgain);
      return () => {
        if (plaintextCalls.at(place) === lookAgain) plaintextCalls.delete(place);
      };
    },
    headers,
  };
}
