/** Why a pairing came to nothing, as far as a person does different things about it. */
import type { ProblemCode } from "#shared/client/problem.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

export type PairTrouble =
  | Trouble
  | "no_code"
  | "mangled_link"
  | "old_link"
  | "plaintext_code"
  | "code_unknown"
  | "code_used"
  | "code_spent"
  | "wrong_code"
  | "refused"
  | "pc_full"
  | "unconfirmed";

const PAIRING: Readonly<Partial<Record<ProblemCode, PairTrouble>>> = {
  bad_code: "no_code",
  old_link: "old_link",
  plaintext_code: "plaintext_code",
  code_unknown: "code_unknown",
  code_used: "code_used",
  code_spent: "code_spent",
  wrong_code: "wrong_code",
  pairing_refused: "refused",
  devices_full: "pc_full",
  pairing_unconfirmed: "unconfirmed",
};

export function pairTroubleOf(code: ProblemCode, isOnline: boolean): PairTrouble {
  return PAIRING[code] ?? troubleOf(code, isOnline);
}
