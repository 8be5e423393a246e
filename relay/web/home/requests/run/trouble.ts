/**
 * Why a request got no answer, or not a whole one, as a person needs it: which hop it was, and which of a few sentences
 * says what to do. The library's own code stays for support.
 */
import { hopOf, type Problem, type ProblemCode } from "#shared/client/problem.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import { isRevocation } from "#shared/client/session-state.ts";

export const HOPS = ["phone", "relay", "pc", "app"] as const;
export type ShownHop = (typeof HOPS)[number];

export type TroubleKind =
  | "no_relay"
  | "relay_trouble"
  | "no_pc"
  | "asleep"
  | "pc_trouble"
  | "revoked"
  | "maybe_revoked"
  | "app_down"
  | "app_slow"
  | "bad_answer"
  | "cut"
  | "too_large"
  | "bad_request"
  | "file_gone"
  | "other";

export interface Trouble {
  readonly kind: TroubleKind;
  /** Undefined when no hop is to blame. */
  readonly hop: ShownHop | undefined;
  /** For support, in small print. */
  readonly code: string;
}

const BY_CODE: Partial<Record<ProblemCode, TroubleKind>> = {
  node_offline: "no_pc",
  node_no_answer: "no_pc",
  node_stopped: "no_pc",
  node_sleeping: "asleep",
  revoked: "revoked",
  denied: "revoked",
  forbidden: "revoked",
  maybe_revoked: "maybe_revoked",
  unreachable: "app_down",
  timeout: "app_slow",
  bad_response: "bad_answer",
  truncated: "cut",
  too_large: "too_large",
  bad_request: "bad_request",
};

const BY_HOP = {
  client: { kind: "other", hop: "phone" },
  "client-relay": { kind: "no_relay", hop: "relay" },
  relay: { kind: "relay_trouble", hop: "relay" },
  "relay-node": { kind: "no_pc", hop: "pc" },
  node: { kind: "pc_trouble", hop: "pc" },
  "local-api": { kind: "app_down", hop: "app" },
} as const satisfies Record<ReturnType<typeof hopOf>, { kind: TroubleKind; hop: ShownHop }>;

export interface TroubleContext {
  /** No answer has begun: a file that cannot be read is this device's. */
  readonly whileSending: boolean;
  /** What is wrong with the connection as a whole, if anything is. */
  readonly problem: Problem | undefined;
}

export function troubleOf(error: unknown, { whileSending, problem }: TroubleContext): Trouble {
  if (error instanceof RelayError) {
    const { code } = error;
    const { kind, hop } = BY_HOP[hopOf(code)];
    // An answer that was cut does not know by whom; the connection does.
    if (code === "truncated" && problem === undefined) return { kind: "cut", hop: "app", code };
    if (code === "truncated" && problem !== undefined) {
      if (isRevocation(problem))
        return troubleOf(new RelayError(problem), { whileSending, problem: undefined });
      return { kind: "cut", hop: BY_HOP[hopOf(problem.code)].hop, code: problem.code };
    }
    return { kind: BY_CODE[code] ?? kind, hop, code };
  }
  const name = error instanceof Error ? error.name : "Error";
  if (whileSending && /^Not(Readable|Found)Error$/.test(name)) {
    return { kind: "file_gone", hop: "phone", code: name };
  }
  return { kind: "other", hop: undefined, code: name };
}
