/** Serves clients of protocol 1 over a connection of protocol 2 (protocol section 6), where the owner allows it. */
import { REQUEST_ERROR } from "#shared/protocol/v1/messages.ts";
import type { Clock } from "../clock.ts";
import { type PlaintextPolicy, plaintextOwnerSide } from "../owner-policy.ts";
import { failureText, type MessageText } from "../v1/answer.ts";
import { carryOut, type LocalSide } from "../v1/carry-out.ts";
import { MAX_IN_FLIGHT } from "../v1/session.ts";
import { type PlaintextSessions, UNNAMED_SESSION } from "./plaintext-sessions.ts";
import type { PlaintextSide } from "./v2-session.ts";

export interface PlaintextSideOptions {
  readonly sessions: PlaintextSessions;
  readonly local: Omit<LocalSide, "owner">;
  readonly policy: PlaintextPolicy;
  readonly clock: Clock;
  /** A request this old has been given up by the relay, which cannot say so: its slot is freed. */
  readonly giveUpAfterMs: number;
}

export function plaintextSide(options: PlaintextSideOptions): PlaintextSide {
  const { sessions, local, policy, clock, giveUpAfterMs } = options;
  return {
    opened: (id, peer, ttlSec, isNew) => sessions.opened(id, peer, ttlSec, isNew),
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
      let end: (() => void) | undefined;
      const finish = (text: MessageText) => {
        end?.();
        reply(text);
      };
      const call = carryOut({ ...message, id }, { ...local, owner }, (text) => finish(text));
      if (call === undefined) return;
      const cancelTimer = clock.after(giveUpAfterMs, () => finish(failureText(id, REQUEST_ERROR.TIMEOUT)));
      const cancel = () => {
        cancelTimer();
        call.cancel();
      };
      const ended = sessions.began(session, { cancel });
      end = () => {
        ended();
        cancel();
      };
    },
  };
}
