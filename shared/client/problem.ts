/**
 * What can go wrong between an application and the API on its PC, each with a stable code, the hop that broke, and what
 * a person can do. One table: state, errors and screens all read from it, so that the same trouble always has the same
 * words.
 */

/** Where it broke. `client` is this device itself. */
export type Hop = "client" | "client-relay" | "relay" | "relay-node" | "node" | "local-api";

interface Description {
  readonly hop: Hop;
  /** What happened, as a sentence without its full stop. */
  readonly what: string;
  /** What to do about it, likewise. */
  readonly advice: string;
}

const PAIR_AGAIN = "make a new code on the PC and pair again";
const NOTHING_TO_DO = "nothing: it connects again by itself";

export const PROBLEMS = {
  // Between this device and the relay.
  relay_unreachable: {
    hop: "client-relay",
    what: "the relay cannot be reached",
    advice: "check this device's network and the relay's address",
  },
  relay_untrusted: {
    hop: "client-relay",
    what: "the relay's certificate is not valid",
    advice: "check the relay's address, this device's clock and the certificate",
  },
  connection_lost: { hop: "client-relay", what: "the connection to the relay broke", advice: NOTHING_TO_DO },
  no_answer: {
    hop: "client-relay",
    what: "the connection gives no sign of life",
    advice: NOTHING_TO_DO,
  },
  // The relay itself. All of it is a hint, because a relay proves nothing.
  relay_too_old: {
    hop: "relay",
    what: "the relay is too old for encrypted sessions",
    advice: "update the relay, and check that the address is a relay's",
  },
  relay_has_no_v2: {
    hop: "relay",
    what: "the relay does not serve encrypted sessions",
    advice: "set ORA_RELAY_PUBLIC_URL on the relay",
  },
  relay_restarting: { hop: "relay", what: "the relay restarts", advice: NOTHING_TO_DO },
  rate_limited: { hop: "relay", what: "the relay wants fewer attempts", advice: "wait" },
  relay_full: { hop: "relay", what: "the relay has no room", advice: "wait, or ask who runs it" },
  too_slow: { hop: "relay", what: "too much was waiting for this device", advice: NOTHING_TO_DO },
  relay_error: { hop: "relay", what: "the relay ended the connection", advice: "look into the relay's log" },
  relay_protocol: {
    hop: "relay",
    what: "the relay's answer makes no sense",
    advice: "check that the address is a relay's",
  },
  maybe_revoked: {
    hop: "relay",
    what: "the relay says that this device is not known",
    advice: "look at the device list on the PC; if this device is not in it, pair again",
  },
  // Between the relay and the PC.
  node_offline: {
    hop: "relay-node",
    what: "the PC is not connected to the relay",
    advice: "check that the PC is on, online, and its node is running",
  },
  node_sleeping: { hop: "relay-node", what: "the PC went to sleep", advice: "wake the PC" },
  node_stopped: { hop: "relay-node", what: "the node on the PC was stopped", advice: "start it again" },
  node_no_answer: {
    hop: "relay-node",
    what: "the PC does not answer",
    advice: "check that the PC is on, online, and its node is running",
  },
  // The PC's own word, authenticated.
  revoked: { hop: "node", what: "this device was revoked on the PC", advice: PAIR_AGAIN },
  denied: { hop: "node", what: "the PC does not know this device", advice: PAIR_AGAIN },
  rehandshake: { hop: "node", what: "the PC asked for a new connection", advice: NOTHING_TO_DO },
  node_busy: { hop: "node", what: "the PC has too much to do", advice: "wait" },
  may_not_let_in: {
    hop: "node",
    what: "this device was let in by another one, and may not let in more",
    advice: "pair the other program with a code from the PC",
  },
  node_error: { hop: "node", what: "the node on the PC failed", advice: "look into the node's log" },
  channel_protocol: {
    hop: "node",
    what: "this device and the PC do not understand each other",
    advice: "update both",
  },
  node_too_old: {
    hop: "node",
    what: "the node on the PC is too old for this",
    advice: "update it",
  },
  not_authentic: {
    hop: "relay",
    what: "the answer does not come from the PC, or was changed on the way",
    advice: "do not trust this relay; if it goes on, pair again",
  },
  // Pairing.
  bad_code: {
    hop: "client",
    what: "this is no pairing link or code",
    advice: "use the link, or the code of the form XXXX-XXXX, as the PC shows it",
  },
  plaintext_code: {
    hop: "client",
    what: "this is the code for clients without encryption",
    advice: "use the encrypted code (XXXX-XXXX) or the link that the PC shows beside it",
  },
  old_link: {
    hop: "client",
    what: "this pairing link is of a version this program does not know",
    advice: "update this program, or use the code",
  },
  no_relay: { hop: "client", what: "the relay's address is missing", advice: "say which relay to use" },
  code_unknown: {
    hop: "relay",
    what: "the relay knows no such code: mistyped, used or expired",
    advice: "look at the code that the PC shows now",
  },
  code_used: {
    hop: "relay",
    what: "the code was used or has expired",
    advice: "use the code that the PC shows now",
  },
  code_spent: {
    hop: "client-relay",
    what: "the connection broke while pairing, and the code is used up",
    advice: "ask the PC for a new code, and pair with that",
  },
  wrong_code: {
    hop: "node",
    what: "the code is wrong",
    advice:
      "use the code that the PC shows now; if it shows none, ask there for one (Enter in its terminal), or use the link",
  },
  pairing_refused: {
    hop: "node",
    what: "the PC's owner did not allow the pairing",
    advice: "ask the owner, and pair again",
  },
  devices_full: {
    hop: "node",
    what: "the PC holds as many devices as it can",
    advice: "remove one in the PC's list of devices, and pair with a new code",
  },
  pairing_unconfirmed: {
    hop: "node",
    what: "the PC did not confirm the pairing",
    advice: "connect once: that decides whether it stands",
  },
  // One request.
  cancelled: { hop: "client", what: "the request was cancelled", advice: "nothing" },
  bad_request: { hop: "client", what: "HTTP does not allow this request", advice: "change the request" },
  truncated: {
    hop: "node",
    what: "the answer was cut off: what arrived is not whole",
    advice: "ask again",
  },
  bad_response: { hop: "local-api", what: "the answer is not valid HTTP", advice: "look at the local API" },
  refused: { hop: "node", what: "the PC takes no more requests now", advice: "ask again" },
  stream_error: { hop: "node", what: "the PC could not carry out the request", advice: "look into its log" },
  timeout: { hop: "local-api", what: "the local API made no progress", advice: "look at the local API" },
  too_large: { hop: "node", what: "something in the request is too large", advice: "make it smaller" },
  unreachable: {
    hop: "local-api",
    what: "the local API does not answer on the PC",
    advice: "start it, or correct ORA_NODE_API_BASE_URL on the PC",
  },
  forbidden: {
    hop: "node",
    what: "the PC ended the request, because it does not want this device any more",
    advice: PAIR_AGAIN,
  },
  key_unusable: { hop: "client", what: "this device's key for the PC cannot be used", advice: PAIR_AGAIN },
  closed: { hop: "client", what: "the session was closed here", advice: "connect again" },
} as const satisfies Record<string, Description>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One occurrence. Holds no secret. */
export interface Problem {
  readonly code: ProblemCode;
  /** A word from below, for support: a system's error code, a close code. */
  readonly detail?: string;
  /** The other side asked for this pause, in milliseconds. */
  readonly retryMs?: number;
}

export function hopOf(code: ProblemCode): Hop {
  return PROBLEMS[code].hop;
}

/** The problem in one sentence, what to do included. */
export function describeProblem({ code, detail }: Problem): string {
  const { what, advice } = PROBLEMS[code];
  return `${what}${detail === undefined ? "" : ` (${detail})`}: ${advice}`;
}
