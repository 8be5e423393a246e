/** What a relay's errors and close codes (protocol section 9) mean to a client. Unknown ones are a relay's trouble. */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { RELAY_ERROR, type RelayError as RelayErrorMessage } from "#shared/protocol/v2/relay-messages.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import type { SocketEnd, SocketFailure } from "./socket.ts";

/** The longest pause a relay can ask for, in milliseconds: it cannot switch a client off. */
const MAX_RETRY_MS = 600_000;

const BY_ERROR = new Map<string, ProblemCode>([
  [RELAY_ERROR.DENIED, "maybe_revoked"],
  [RELAY_ERROR.UNKNOWN_ROUTE, "code_unknown"],
  [RELAY_ERROR.OFFER_GONE, "code_used"],
  [RELAY_ERROR.NODE_OFFLINE, "node_offline"],
  [RELAY_ERROR.RATE_LIMITED, "rate_limited"],
  [RELAY_ERROR.TOO_BIG, "too_slow"],
  [RELAY_ERROR.TOO_MANY_CHANNELS, "relay_full"],
  [RELAY_ERROR.RELAY_FULL, "relay_full"],
]);

const BY_CLOSE = new Map<number, ProblemCode>([
  [CLOSE.DENIED, "maybe_revoked"],
  [CLOSE.UNKNOWN_ROUTE, "code_unknown"],
  [CLOSE.OFFER_GONE, "code_used"],
  [CLOSE.TOO_BIG, "too_slow"],
  [CLOSE.UPGRADE_REQUIRED, "relay_has_no_v2"],
  [CLOSE.RATE_LIMITED, "rate_limited"],
  [CLOSE.NODE_OFFLINE, "node_offline"],
  [CLOSE.RELAY_RESTARTING, "relay_restarting"],
  [CLOSE.GOING_AWAY, "relay_restarting"],
  [1006, "connection_lost"],
]);

const BY_FAILURE: Readonly<Record<SocketFailure, ProblemCode>> = {
  unreachable: "relay_unreachable",
  untrusted: "relay_untrusted",
  no_subprotocol: "relay_too_old",
};

export function relayErrorProblem({ code, retry_ms }: RelayErrorMessage): Problem {
  const known = BY_ERROR.get(code);
  return {
    code: known ?? "relay_error",
    ...(known === undefined && { detail: code }),
    ...(retry_ms !== undefined && { retryMs: Math.min(retry_ms, MAX_RETRY_MS) }),
  };
}

export function endProblem({ code, failure, detail }: SocketEnd): Problem {
  if (failure !== undefined) {
    // A browser hides why a socket did not open, but not a close code that came after all.
    const known = failure === "unreachable" && code !== 1006 ? BY_CLOSE.get(code) : undefined;
    return { code: known ?? BY_FAILURE[failure], ...(detail !== undefined && { detail }) };
  }
  const known = BY_CLOSE.get(code);
  return known === undefined ? { code: "relay_error", detail: String(code) } : { code: known };
}
