/**
 * What a session can say about itself: one union, rendered by screens and never patched. It claims to be connected only
 * after the PC itself has answered, and names the hop that broke, since when, and what to do.
 */
import { type Hop, hopOf, PROBLEMS, type Problem } from "./problem.ts";

/** All times are Unix milliseconds. */
export type SessionState =
  | {
      readonly status: "connecting";
      readonly since: number;
      /** Why it is not connected; undefined before the first attempt has failed. */
      readonly problem?: Problem;
    }
  /** The PC has answered, and answers again every few seconds. */
  | { readonly status: "connected"; readonly since: number }
  | {
      readonly status: "waiting";
      /** Since when there has been no connection. */
      readonly since: number;
      readonly problem: Problem;
      readonly retryAt: number;
    }
  /** The PC's own word: it does not want this device. The pairing is worth nothing any more. */
  | { readonly status: "revoked"; readonly since: number; readonly problem: Problem }
  /** Closed here. */
  | { readonly status: "closed"; readonly since: number };

/** What to show of a state. */
export interface StateDescription {
  /** One sentence without its full stop. */
  readonly text: string;
  readonly hop?: Hop;
  readonly advice?: string;
}

export function describeState(state: SessionState, now: number): StateDescription {
  switch (state.status) {
    case "connecting":
      return state.problem === undefined
        ? { text: "connecting" }
        : withProblem("connecting again", state.problem);
    case "connected":
      return { text: "connected" };
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((state.retryAt - now) / 1000));
      return withProblem(`waiting ${seconds} s`, state.problem);
    }
    case "revoked":
      return withProblem("revoked", state.problem);
    case "closed":
      return { text: "closed" };
  }
}

function withProblem(text: string, problem: Problem): StateDescription {
  const { what, advice } = PROBLEMS[problem.code];
  const detail = problem.detail === undefined ? "" : ` (${problem.detail})`;
  return { text: `${text}: ${what}${detail}`, hop: hopOf(problem.code), advice };
}

/** Whether the problem is the PC's authenticated word that this device is not wanted. */
export function isRevocation(problem: Problem): boolean {
  return problem.code === "revoked" || problem.code === "denied";
}
