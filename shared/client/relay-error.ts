/** The error of the client library: a problem that somebody's call ran into. */
import { describeProblem, type Hop, hopOf, type Problem, type ProblemCode } from "./problem.ts";

export class RelayError extends Error {
  override readonly name = "RelayError";
  readonly code: ProblemCode;
  /** The hop that broke. */
  readonly hop: Hop;
  /** Milliseconds before another attempt makes sense, when the other side said so. */
  readonly retryMs: number | undefined;

  /** The message is for people and holds no secret. */
  constructor(problem: Problem, options?: ErrorOptions) {
    super(describeProblem(problem), options);
    this.code = problem.code;
    this.hop = hopOf(problem.code);
    this.retryMs = problem.retryMs;
  }
}
