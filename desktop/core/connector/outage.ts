/**
 * Why there is no connection to the relay, as a closed list of codes. What a relay says when it closes is a hint from
 * somebody unproven (protocol section 9): it decides how long to wait and what to tell the owner, nothing else.
 */

import type { LinkClose } from "#shared/link.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";

export type OutageCode =
  | "relay_unreachable"
  | "relay_name_unknown"
  | "relay_timeout"
  | "relay_untrusted"
  | "relay_http_status"
  | "not_a_relay"
  | "proxy_failed"
  | "relay_silent"
  | "relay_restarting"
  | "relay_closed"
  | "relay_refused"
  | "relay_too_old"
  | "relay_has_no_v2"
  | "relay_busy"
  | "message_too_big"
  | "id_in_use";

export interface Outage {
  readonly code: OutageCode;
  /** A status, a close code or the system's error code, for the owner; never text from the relay. */
  readonly detail?: string;
}

/** A person must change something first, so trying again soon is noise. */
const LONG_WAITS: ReadonlySet<OutageCode> = new Set([
  "id_in_use",
  "relay_refused",
  "relay_too_old",
  "relay_has_no_v2",
]);

export function needsPatience(outage: Outage): boolean {
  return LONG_WAITS.has(outage.code);
}

/** It wants an enrolment key, which protocol 1 cannot prove; a refusal, whatever the number says. */
const ENROLMENT_REQUIRED = "enrollment_required";

/** What a close with 4426 means, by the words that relays have for it. */
const UPGRADE_REASONS: ReadonlyMap<string, Outage> = new Map([
  [ENROLMENT_REQUIRED, { code: "relay_refused", detail: ENROLMENT_REQUIRED }],
  ["no_public_url", { code: "relay_has_no_v2", detail: "no_public_url" }],
]);

/** What a close of an open connection means. */
export function outageOfClose({ code, reason }: LinkClose): Outage {
  const detail = String(code);
  switch (code) {
    case CLOSE.RELAY_RESTARTING:
      return { code: "relay_restarting" };
    case CLOSE.REPLACED:
      return { code: "id_in_use" };
    case CLOSE.BAD_REQUEST:
    case CLOSE.NODE_AUTH_FAILED:
    case CLOSE.DENIED:
      return { code: "relay_refused", detail };
    case CLOSE.UPGRADE_REQUIRED:
      return UPGRADE_REASONS.get(reason) ?? { code: "relay_too_old", detail };
    case CLOSE.RATE_LIMITED:
    case CLOSE.NODE_OFFLINE:
      return { code: "relay_busy", detail };
    case CLOSE.MESSAGE_TOO_BIG:
    case CLOSE.TOO_BIG:
      return { code: "message_too_big", detail };
  }
  return { code: "relay_closed", detail };
}

/** The system's error code, where there is one. */
function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** What a failed dial means when nothing but the network stood between. */
export function outageOfDialError(error: unknown): Outage {
  const code = systemCode(error);
  const detail = code === "" ? {} : { detail: code };
  // The words of ws: the relay opened a WebSocket and knows nothing of the protocol it was asked for.
  if (error instanceof Error && error.message === "Server sent no subprotocol") {
    return { code: "relay_too_old" };
  }
  if (/^(ERR_TLS|CERT_|ERR_SSL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/.test(code)) {
    return { code: "relay_untrusted", ...detail };
  }
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) return { code: "relay_name_unknown", ...detail };
  if (code === "ETIMEDOUT") return { code: "relay_timeout" };
  if (/^(ECONN|EHOST|ENET|EPIPE|EADDRNOTAVAIL)/.test(code)) return { code: "relay_unreachable", ...detail };
  // What is left is a peer that speaks something else: a malformed handshake, or no HTTP at all.
  return { code: "not_a_relay" };
}

/** What a failure of the proxy, or on the way to it, means. */
export function outageOfProxy(failure: unknown): Outage {
  const detail = typeof failure === "number" ? `HTTP ${failure}` : systemCode(failure);
  return { code: "proxy_failed", ...(detail !== "" && { detail }) };
}

/** What an answer of the relay other than "switching protocols" means. */
export function outageOfStatus(status: number): Outage {
  const detail = `HTTP ${status}`;
  if (status === 426) return { code: "relay_too_old", detail };
  if (status === 429 || status === 503) return { code: "relay_busy", detail };
  return { code: "relay_http_status", detail };
}
