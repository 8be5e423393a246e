/** Serves clients of protocol 1 over a connection of protocol 2 (protocol section 6), where the owner allows it. */
import { REQUEST_ERROR } from "#shared/protocol/v1/messages.ts";
import type { LocalCall } from "../local-proxy/local-api.ts";
import { type OwnerPolicy, plaintextOwnerSide } from "../owner-policy.ts";
import { failureText } from "../v1/answer.ts";
import { carryOut, type LocalSide } from "../v1/carry-out.ts";
import { MAX_IN_FLIGHT } from "../v1/session.ts";
import { type PlaintextSessions, UNNAMED_SESSION } from "./plaintext-sessions.ts";
import type { PlaintextSide } from "./v2-session.ts";

export interface PlaintextSideOptions {
  readonly sessions: PlaintextSessions;
  readonly local: Omit<LocalSide, "owner">;
  readonly policy: OwnerPolicy;
}

export function plaintextSide({ sessions, local, policy }: PlaintextSideOptions): PlaintextSide {
  return {
    opened: (id, peer, ttlSec) => sessions.opened(id, peer, ttlSec),
    closed: (id) => sessions.closed(id),
    disconnected: () => sessions.disconnected(),
    request({ message, session = UNNAMED_SESSION }, reply) {
      // What is no request has nobody to answer.
      if (message.kind === "invalid" || message.id === undefined) return;
      const { id } = message;
      // A revoked session gets no answer, and no hint that there was one to get.
      if (!sessions.mayAsk(session)) return;
      if (sessions.callsUnderWay >= MAX_IN_FLIGHT) {
        reply(failureText(id, REQUEST_ERROR.TOO_MANY_PENDING));
        return;
      }
      const owner = plaintextOwnerSide(policy, session);
      let call: LocalCall | undefined;
      call = carryOut({ ...message, id }, { ...local, owner }, (text) => {
        if (call !== undefined) sessions.ended(session, call);
        reply(text);
      });
      if (call !== undefined) sessions.began(session, call);
    },
  };
}
