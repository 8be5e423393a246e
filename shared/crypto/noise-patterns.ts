/** The three Noise handshake patterns protocol 2 uses (revision 34, sections 7.5 and 9.4), and no others. */

export type Token = "e" | "s" | "ee" | "es" | "se" | "ss" | "psk";
export type Role = "initiator" | "responder";

export interface Pattern {
  /** Whose static key the other side knows beforehand. */
  readonly knownStatic: Role;
  readonly messages: readonly (readonly Token[])[];
}

export type PatternName = "KN" | "IK" | "IKpsk1";

const REPLY = ["e", "ee", "se"] as const;

export const PATTERNS: Readonly<Record<PatternName, Pattern>> = {
  /** The node proves its key to the relay, which has none. */
  KN: { knownStatic: "initiator", messages: [["e"], REPLY] },
  /** A session: the client knows the node's key and sends its own, encrypted. */
  IK: { knownStatic: "responder", messages: [["e", "es", "s", "ss"], REPLY] },
  /** Pairing: the same, and both know the offer's secret. */
  IKpsk1: { knownStatic: "responder", messages: [["e", "es", "s", "ss", "psk"], REPLY] },
};

/** The full name that a handshake begins its hash with. */
export function protocolName(pattern: PatternName): string {
  return `Noise_${pattern}_25519_ChaChaPoly_SHA256`;
}
