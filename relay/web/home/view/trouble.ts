/**
 * What can be wrong, as a person with a phone in the hand sees it: the client library's problems, gathered to those that
 * need different words. Each names the dot of the chain that is broken.
 */
import { hopOf, type Hop as LibraryHop, type ProblemCode } from "#shared/client/problem.ts";

/** The chain: Phone - Relay - PC - App. */
export const HOPS = ["phone", "relay", "pc", "app"] as const;
export type Hop = (typeof HOPS)[number];

export type Trouble =
  | "offline"
  | "relay_unreachable"
  | "relay_untrusted"
  | "connection_lost"
  | "not_a_relay"
  | "relay_restarting"
  | "relay_busy"
  | "maybe_revoked"
  | "pc_offline"
  | "pc_asleep"
  | "pc_stopped"
  | "pc_busy"
  | "revoked"
  | "versions"
  | "not_authentic"
  | "app_down"
  | "key_lost"
  | "other";

const TROUBLES: Readonly<Partial<Record<ProblemCode, Trouble>>> = {
  relay_unreachable: "relay_unreachable",
  relay_untrusted: "relay_untrusted",
  connection_lost: "connection_lost",
  no_answer: "connection_lost",
  relay_too_old: "not_a_relay",
  relay_has_no_v2: "not_a_relay",
  relay_protocol: "not_a_relay",
  relay_restarting: "relay_restarting",
  rate_limited: "relay_busy",
  relay_full: "relay_busy",
  too_slow: "relay_busy",
  relay_error: "relay_busy",
  maybe_revoked: "maybe_revoked",
  node_offline: "pc_offline",
  node_no_answer: "pc_offline",
  node_sleeping: "pc_asleep",
  node_stopped: "pc_stopped",
  node_busy: "pc_busy",
  node_error: "pc_busy",
  rehandshake: "connection_lost",
  revoked: "revoked",
  denied: "revoked",
  channel_protocol: "versions",
  node_too_old: "versions",
  not_authentic: "not_authentic",
  unreachable: "app_down",
  timeout: "app_down",
  bad_response: "app_down",
  key_unusable: "key_lost",
};

/** `isOnline`: whether the browser thinks that it has a network. */
export function troubleOf(code: ProblemCode, isOnline: boolean): Trouble {
  const trouble = TROUBLES[code] ?? "other";
  return trouble === "relay_unreachable" && !isOnline ? "offline" : trouble;
}

const DOTS: Readonly<Record<LibraryHop, Hop>> = {
  client: "phone",
  "client-relay": "relay",
  relay: "relay",
  "relay-node": "pc",
  node: "pc",
  "local-api": "app",
};

/** The broken dot. */
export function brokenHop(code: ProblemCode, trouble: Trouble): Hop {
  return trouble === "offline" ? "phone" : DOTS[hopOf(code)];
}
